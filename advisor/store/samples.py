"""The face of the store: all that other packages call. No SQL of the samples stands outside this package.

In: resolved rows, and what to read: services, hosts and a span of time in Unix seconds of the server's clock.
Out: windows to judge, series to draw, the latest figures, what happened; rolled up and pruned tables, and their size.
"""

from advisor.store.batches import remember_batches, stored_contents
from advisor.store.busiest import busiest
from advisor.store.events import StoredEvent, events, fits
from advisor.store.forecast import Course, Outlook, outlook
from advisor.store.host_parts import host_parts
from advisor.store.latest import Latest, latest
from advisor.store.left_out import NOBODY, Loss, left_out, note_left_out
from advisor.store.part_names import PartNames, Use
from advisor.store.past import Span, past
from advisor.store.prune import prune
from advisor.store.rollup import roll_up
from advisor.store.series import TimeSeries, host_series, series
from advisor.store.silent import forget_silent
from advisor.store.size import record as record_sizes
from advisor.store.streams import Streams
from advisor.store.windows import HostView, host_view, windows
from advisor.store.write import write

__all__ = [
    "NOBODY",
    "Course",
    "HostView",
    "Latest",
    "Loss",
    "Outlook",
    "PartNames",
    "Span",
    "StoredEvent",
    "Streams",
    "TimeSeries",
    "Use",
    "busiest",
    "events",
    "fits",
    "forget_silent",
    "host_parts",
    "host_series",
    "host_view",
    "latest",
    "left_out",
    "note_left_out",
    "outlook",
    "past",
    "prune",
    "record_sizes",
    "remember_batches",
    "roll_up",
    "series",
    "stored_contents",
    "windows",
    "write",
]
