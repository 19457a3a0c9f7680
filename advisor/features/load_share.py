"""How much of a process's memory moves with its load."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from advisor.features.window import InstanceWindow

ROWS: Final = 15
"""Fewer moments are too few for a line through them."""

FIT: Final = 0.5
"""Squared correlation below which a line says nothing."""

_LEVELS: Final = ("heap_floor", "external_memory", "memory_rss")


def moved_by_load(past: InstanceWindow) -> float:
    """The share of the level that goes with requests, by the line through all moments, 0 to 1; of the level of which
    that is most. 0 where no line fits; NaN where too few moments tell both, or the load is always the same.
    """
    shares = [_share(past, level) for level in _LEVELS]
    return max((share for share in shares if not math.isnan(share)), default=math.nan)


def _share(past: InstanceWindow, name: str) -> float:
    track = past.track
    requests, level = track.values.get("requests"), track.values.get(name)
    if requests is None or level is None:
        return math.nan
    rate = requests / track.spans
    told = ~(np.isnan(rate) | np.isnan(level))
    rate, level = rate[told], level[told]
    if rate.size < ROWS or not rate.std() > 0:
        return math.nan
    if not level.std() > 0:
        return 0.0
    fit = float(np.corrcoef(rate, level)[0, 1])
    if fit <= 0 or fit**2 < FIT:
        return 0.0
    slope = fit * float(level.std() / rate.std())
    return min(1.0, slope * float(rate.mean()) / float(level.mean()))
