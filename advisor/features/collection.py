"""What garbage collection does to one loop: how often it pauses it, and how many of its blocks are such pauses."""

from __future__ import annotations

import math
from typing import Final

from advisor.features import stats
from advisor.features.memo import remembered
from advisor.features.process import MINUTE, Process, resolution_of
from advisor.features.sums import rows

_TIMES: Final = ("gc_major", "gc_minor", "gc_other")

EXPLAINED: Final = 0.5
"""A block is a collection if a pause in the same sample is at least this share of it (decision model C6)."""


def major_share(process: Process, seconds: float) -> float:
    """The share of all collection time that major collections took, 0 to 1; NaN without any."""
    times = [process.sums(seconds).total(name) for name in _TIMES]
    whole = stats.known_sum(times)
    return stats.known_sum([0.0, times[0]]) / whole if whole > 0 else math.nan


@remembered
def paused_minutes(process: Process, seconds: float) -> list[float]:
    """The longest pause of each whole (scaled) minute in which one is told, oldest first."""
    longest = stats.peaks(process.track, "gc_pause_max", process.span(seconds), MINUTE / process.time_scale)
    return [pause for pause in longest if not math.isnan(pause)]


@remembered
def explained(process: Process, seconds: float, least: float) -> float:
    """The share of the time in blocks of `least` seconds or more that pauses explain, 0 to 1.

    Sample by sample: the longest pause against the longest block. 0 where nothing blocked that long, NaN where pauses
    or delays are not told.
    """
    where = rows(process.track, process.span(seconds))
    delays, pauses = (process.track.values.get(name) for name in ("loop_delay_max", "gc_pause_max"))
    if delays is None or pauses is None:
        return math.nan
    told = stats.latest(process.track, "loop_resolution", process.span(seconds))
    blocks = delays[where] - resolution_of(told)
    long = blocks >= least
    if not long.any():
        return 0.0
    mine = long & (pauses[where] >= EXPLAINED * blocks)
    return float(blocks[mine].sum() / blocks[long].sum())
