"""Puts figures that hold for stretches of time onto an even raster, so that nothing is lost or invented.

A sample speaks for the seconds before it, a rollup for its minute. Where nothing speaks, the raster has NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.runs import Whole, runs
from advisor.features.window import Array

STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
"""Widths of a raster's cells in seconds."""

_SLIVER = 1e-3
"""Least share of a cell that must be spoken for; below it is rounding."""


@dataclass(frozen=True, slots=True)
class Raster:
    """Even cells of time. Cell i goes from `start + i * step` to `start + (i + 1) * step`, in Unix seconds."""

    start: float
    step: float
    size: int

    @classmethod
    def over(cls, start: float, end: float, points: int, finest: float) -> Raster:
        """At most `points` cells over a span of time, on multiples of their width: a moving span keeps its cells."""
        wanted = max(finest, (end - start) / max(1, points - 1))
        step = next((float(s) for s in STEPS if s >= wanted), np.ceil(wanted / STEPS[-1]) * STEPS[-1])
        first = np.floor(start / step)
        return cls(float(first * step), float(step), max(1, int(np.ceil(end / step) - first)))

    @property
    def edges(self) -> Array:
        """Where cells begin and end, shape (size + 1,)."""
        return self.start + self.step * np.arange(self.size + 1, dtype=np.float64)

    @property
    def times(self) -> Array:
        """The middle of each cell, shape (size,)."""
        return self.start + self.step * (np.arange(self.size, dtype=np.float64) + 0.5)

    def cells(self, begins: Array, ends: Array) -> tuple[Array, Array]:
        """The first and last cell that each stretch touches; a touch of the edge alone does not count."""
        first = np.floor((begins - self.start) / self.step + _SLIVER)
        last = np.ceil((ends - self.start) / self.step - _SLIVER) - 1
        return first, np.maximum(first, last)

    def range_of(self, begins: Array, ends: Array) -> tuple[Whole, Whole]:
        """The first cell that each stretch lies in, however little of it, and the one after its last."""
        first, end = np.floor((begins - self.start) / self.step), np.ceil((ends - self.start) / self.step)
        end = np.clip(np.maximum(end, first + 1), 0, self.size)
        return np.maximum(first, 0).astype(np.int64), end.astype(np.int64)


class Tiling:
    """How the stretches of some series lie on the cells of a raster, found once for all of their figures.

    Figures have shape (..., stretches), one series after the other; what comes back has shape (..., series, cells).
    """

    def __init__(self, raster: Raster, begins: Sequence[Array], ends: Sequence[Array]) -> None:
        self.raster, self._shape = raster, (len(begins), raster.size)
        member = np.repeat(np.arange(len(begins)), [len(each) for each in begins])
        begin, end = np.concatenate(begins), np.concatenate(ends)
        rows, cells = runs(*raster.range_of(begin, end))
        first, last = raster.cells(begin, end)
        slots = member[rows] * raster.size + cells
        order = np.argsort(slots, kind="stable")
        self._rows, slots, lefts = rows[order], slots[order], raster.start + raster.step * cells[order]
        self._is_edge = ((cells < first[rows]) | (cells > last[rows]))[order]
        lasts = np.minimum(end[self._rows], lefts + raster.step) - np.maximum(begin[self._rows], lefts)
        self._seconds = np.maximum(lasts, 0.0)
        self._starts = np.flatnonzero(np.diff(slots, prepend=-1))
        self._slots = slots[self._starts]

    def means(self, figures: Array) -> Array:
        """The mean of the figures over each cell, weighted by how long each held; NaN where none did."""
        values = figures[..., self._rows]
        is_known = ~np.isnan(values)
        seconds = self._seconds * is_known
        spoken = self._reduced(np.add, seconds)
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Array = self._reduced(np.add, np.where(is_known, values, 0.0) * seconds) / spoken
        found[~(spoken > _SLIVER * self.raster.step)] = np.nan
        return found

    def peaks(self, figures: Array) -> Array:
        """The greatest figure that touches each cell; NaN where none does."""
        return self._reduced(np.fmax, np.where(self._is_edge, np.nan, figures[..., self._rows]))

    def _reduced(self, operation: np.ufunc, values: Array) -> Array:
        found = np.full((*values.shape[:-1], self._shape[0] * self._shape[1]), np.nan)
        if len(self._slots):
            found[..., self._slots] = operation.reduceat(values, self._starts, axis=-1)
        return found.reshape(*values.shape[:-1], *self._shape)
