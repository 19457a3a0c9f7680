"""What one service looked like over one span of time.

In: the rows of the store, as a `ServiceWindow`.
Out: `ServiceWindow`, `Histogram`, and `Snapshot`: every signal that a rule may ask for.
May import: vocabulary, numpy.
"""

from advisor.features.histogram import Histogram
from advisor.features.snapshot import Snapshot
from advisor.features.window import (
    Happening,
    HostWindow,
    InstanceWindow,
    Life,
    PartWindow,
    ServiceWindow,
    Track,
)

__all__ = [
    "Happening",
    "Histogram",
    "HostWindow",
    "InstanceWindow",
    "Life",
    "PartWindow",
    "ServiceWindow",
    "Snapshot",
    "Track",
]
