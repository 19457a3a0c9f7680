"""How much of a process's memory moves with its load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from advisor.features import stats
from advisor.features.window import InstanceWindow

ROWS: Final = 15
"""Fewer moments are too few for a line through them."""

FIT: Final = 0.5
"""Squared correlation below which a line says nothing."""

HEAP: Final = ("heap_floor",)
MEMORY: Final = (*HEAP, "external_memory", "memory_rss")
"""The levels that say how much of a heap, or of all memory, moves."""


@dataclass(frozen=True, slots=True)
class Line:
    """The line of a level through all moments; 0 where none fits.

    Attributes:
        slope: bytes for each request a second.
        share: of the level, what goes with requests at their mean rate, 0 to 1.
    """

    slope: float
    share: float


def moved_by_load(past: InstanceWindow) -> float:
    """The share of the level that goes with requests, by the line through all moments, 0 to 1; of the level of which
    that is most. 0 where no line fits; NaN where too few moments tell both, or the load is always the same.
    """
    return stats.highest([line.share for line in _lines(past, MEMORY)])


def bytes_by_load(past: InstanceWindow, levels: Sequence[str]) -> float:
    """The bytes that each request a second takes, of the level of which that is most; 0 and NaN as above."""
    return stats.highest([line.slope for line in _lines(past, levels)])


def _lines(past: InstanceWindow, levels: Sequence[str]) -> list[Line]:
    found = (_line(past, level) for level in levels)
    return [line for line in found if line]


def _line(past: InstanceWindow, name: str) -> Line | None:
    track = past.track
    requests, level = track.values.get("requests"), track.values.get(name)
    if requests is None or level is None:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = requests / track.spans
    told = np.isfinite(rate) & ~np.isnan(level)
    rate, level = rate[told], level[told]
    if rate.size < ROWS or not rate.std() > 0:
        return None
    fit = float(np.corrcoef(rate, level)[0, 1]) if level.std() > 0 else 0.0
    if fit <= 0 or fit**2 < FIT:
        return Line(0.0, 0.0)
    slope = fit * float(level.std() / rate.std())
    return Line(slope, min(1.0, slope * float(rate.mean()) / float(level.mean())))
