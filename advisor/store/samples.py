"""The face of the store: all that other packages call. No SQL of the samples stands outside this package.

In: resolved rows, and what to read: services and a span of time in Unix seconds of the server's clock.
Out: windows to judge, series to draw, the latest figures, what happened; rolled up and pruned tables.
"""

from advisor.store.batches import remember_batch
from advisor.store.events import StoredEvent, events, fits
from advisor.store.latest import Latest, latest
from advisor.store.prune import prune
from advisor.store.rollup import roll_up
from advisor.store.series import ServiceSeries, series
from advisor.store.windows import windows
from advisor.store.write import write

__all__ = [
    "Latest",
    "ServiceSeries",
    "StoredEvent",
    "events",
    "fits",
    "latest",
    "prune",
    "remember_batch",
    "roll_up",
    "series",
    "windows",
    "write",
]
