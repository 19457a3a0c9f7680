"""Puts figures that hold for stretches of time onto an even raster, so that nothing is lost or invented.

A sample speaks for the seconds before it, a rollup for its minute. Where nothing speaks, the raster has NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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


def means(raster: Raster, begins: Array, ends: Array, values: Array) -> Array:
    """The mean of the values over each cell, weighted by how long each held; NaN where none did.

    Both integrals, of the value and of what is spoken for, are piecewise linear between the stretches' ends.
    """
    known = ~np.isnan(values) & (ends > begins)
    if not known.any():
        return np.full(raster.size, np.nan)
    begins, ends, values = begins[known], ends[known], values[known]
    moments = np.concatenate([begins, ends])
    order = np.argsort(moments, kind="stable")
    ordered = moments[order]
    lengths = np.diff(ordered)

    def integral(change: Array) -> Array:
        slopes = np.cumsum(np.concatenate([change, -change])[order])[:-1]
        return np.diff(np.interp(raster.edges, ordered, np.concatenate([[0.0], np.cumsum(slopes * lengths)])))

    spoken = integral(np.ones(len(values)))
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Array = np.where(spoken > _SLIVER * raster.step, integral(values) / spoken, np.nan)
    return found


def peaks(raster: Raster, begins: Array, ends: Array, values: Array) -> Array:
    """The greatest value that touches each cell; NaN where none does."""
    found = np.full(raster.size, -np.inf)
    known = ~np.isnan(values)
    first, last = raster.cells(begins[known], ends[known])
    values = values[known]
    for shift in range(int((last - first).max(initial=0)) + 1):
        cells = first + shift
        inside = (cells <= last) & (cells >= 0) & (cells < raster.size)
        np.maximum.at(found, cells[inside].astype(int), values[inside])
    return np.where(np.isinf(found), np.nan, found)
