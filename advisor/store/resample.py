"""Puts figures that hold for stretches of time onto an even raster, so that nothing is lost or invented.

A sample speaks for the seconds before it, a rollup for its minute. Where nothing speaks, the raster has NaN.
"""

from __future__ import annotations

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

    Stretches and figures, of shape (..., stretches), stand one series after the other; `starts` says where each begins.
    What comes back has shape (..., series, cells).
    """

    def __init__(self, raster: Raster, begins: Array, ends: Array, starts: Whole) -> None:
        self.raster, self._shape = raster, (len(starts), raster.size)
        member = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(begins)))
        rows, cells = runs(*raster.range_of(begins, ends))
        first, last = raster.cells(begins, ends)
        slots = member[rows] * raster.size + cells
        order = np.argsort(slots, kind="stable")
        self._rows, slots, lefts = rows[order], slots[order], raster.start + raster.step * cells[order]
        self._is_edge = ((cells < first[rows]) | (cells > last[rows]))[order]
        lasts = np.minimum(ends[self._rows], lefts + raster.step) - np.maximum(begins[self._rows], lefts)
        self._seconds = np.maximum(lasts, 0.0)
        self._starts = np.flatnonzero(np.diff(slots, prepend=-1))
        self._slots = slots[self._starts]
        self._is_single = len(self._starts) == len(slots)
        self._is_plain = np.array_equal(self._rows, np.arange(len(begins)))
        self._is_full = len(self._slots) == self._shape[0] * self._shape[1]

    def means(self, figures: Array) -> Array:
        """The mean of the figures over each cell, weighted by how long each held; NaN where none did."""
        values = self._placed(figures)
        if self._is_single:
            found, spoken = values * self._seconds, self._seconds
        else:
            is_known = ~np.isnan(values)
            seconds = self._seconds * is_known
            spoken = np.add.reduceat(seconds, self._starts, axis=-1)
            found = np.add.reduceat(np.where(is_known, values, 0.0) * seconds, self._starts, axis=-1)
        with np.errstate(invalid="ignore", divide="ignore"):
            found /= spoken
        found[..., ~(spoken > _SLIVER * self.raster.step)] = np.nan
        return self._laid(found)

    def peaks(self, figures: Array) -> Array:
        """The greatest figure that touches each cell; NaN where none does."""
        return self._met(np.fmax, figures)

    def troughs(self, figures: Array) -> Array:
        """The least figure that touches each cell; NaN where none does."""
        return self._met(np.fmin, figures)

    def _met(self, operation: np.ufunc, figures: Array) -> Array:
        values = self._placed(figures)
        if self._is_edge.any():
            values = np.where(self._is_edge, np.nan, values)
        return self._laid(values if self._is_single else operation.reduceat(values, self._starts, axis=-1))

    def _placed(self, figures: Array) -> Array:
        """The figures by the slots that they fall into: those of minutes stand there already, on cells of a minute."""
        return figures if self._is_plain else figures[..., self._rows]

    def _laid(self, values: Array) -> Array:
        """What each slot in which anything lies has, on all cells."""
        if not self._is_full:
            found = np.full((*values.shape[:-1], self._shape[0] * self._shape[1]), np.nan)
            found[..., self._slots] = values
            values = found
        return values.reshape(*values.shape[:-1], *self._shape)
