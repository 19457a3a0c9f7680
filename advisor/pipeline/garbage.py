"""Python's search for garbage, kept from taking most of the time of decoding and of reading windows."""

from __future__ import annotations

import gc
from typing import Final

THRESHOLDS: Final = (50_000, 10, 10)
"""Objects more than were freed before Python looks among the new ones, and how often before it looks among the older.

Exports that wait for their commit are some 50 containers each, and hundreds wait. With Python's own 700 each is looked
through several times, and now and then all that the process holds with it: decoding took 0.6 ms an export instead of
0.14 (measured side by side; msgspec 0.22, Python 3.11). With 5,000 the search was still a tenth of ingest: with 50,000
it takes 12 % more points. The windows of 200 services are 13,000 rows of PostgreSQL: with the search they took 109 ms,
without 60.
"""


SHORT: Final = (10_000, 50, 10)
"""As often among the older ones, and five times as often among the new ones, for who answers others: each search then
takes 2 to 4 ms in place of 12 to 18 (beside a flood of names, which are remembered).
"""


def search_seldom(thresholds: tuple[int, int, int] = THRESHOLDS) -> None:
    """Call it once the process has all that it keeps: that is not looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*thresholds)
