"""Figures of one column over one span: the arithmetic that every signal rests on.

An instance may have rows of two senders (agent and probe), so a row that lacks a column says nothing
about it: rows without a figure are left out, and sampling intervals are learned per column.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.features.histogram import Histogram
from advisor.features.memo import remembered
from advisor.features.window import Array, Track

_NOTHING = np.empty(0)


class Span(NamedTuple):
    """The time after `start` up to and including `end`, Unix seconds."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """Seconds from start to end, never negative."""
        return max(0.0, self.end - self.start)

    def split(self, width: float) -> list[Span]:
        """The whole pieces of `width` seconds, oldest first, counted back from the end."""
        pieces = int(self.length / width + 1e-6)
        return [Span(self.end - (n + 1) * width, self.end - n * width) for n in reversed(range(pieces))]


@remembered
def rows(track: Track, span: Span) -> slice:
    """The rows whose time lies in the span."""
    first, last = track.times.searchsorted((span.start, span.end), side="right")
    return slice(int(first), int(last))


@remembered
def known(track: Track, column: str, span: Span) -> tuple[Array, Array]:
    """The figures of a column in the span and the seconds that each covers; empty where there are none."""
    if column not in track.values:
        return _NOTHING, _NOTHING
    where = rows(track, span)
    figures = track.values[column][where]
    given = ~np.isnan(figures)
    return figures[given], track.spans[where][given]


class _Running(NamedTuple):
    """Sums of every column from the first row up to each row, shape (columns, rows + 1): any span is a difference."""

    places: dict[str, int]
    figures: Array
    seconds: Array
    weighted: Array
    counts: NDArray[np.intp]


@remembered
def _running(track: Track) -> _Running:
    matrix = np.array(list(track.values.values())).reshape(len(track.values), track.times.size)
    given = ~np.isnan(matrix)
    figures = np.where(given, matrix, 0.0)
    return _Running(
        {name: place for place, name in enumerate(track.values)},
        _summed(figures),
        _summed(given * track.spans),
        _summed(figures * track.spans),
        _summed(given),
    )


def _summed(rows: NDArray[Any]) -> NDArray[Any]:
    """Running sums along the rows, with a zero before them."""
    sums = np.zeros((rows.shape[0], rows.shape[1] + 1), dtype=np.intp if rows.dtype == np.bool_ else np.float64)
    np.cumsum(rows, axis=1, out=sums[:, 1:])
    return sums


def _over(sums: NDArray[Any], place: int, where: slice) -> float:
    return float(sums[place, where.stop] - sums[place, where.start])


def total(track: Track, column: str, span: Span) -> float:
    """The sum of an increase over the span; NaN where nothing is known."""
    if column not in track.values:
        return math.nan
    running, where = _running(track), rows(track, span)
    place = running.places[column]
    return _over(running.figures, place, where) if _over(running.counts, place, where) else math.nan


def rate(track: Track, column: str, span: Span) -> float:
    """An increase per second over the span; NaN where nothing is known."""
    if column not in track.values:
        return math.nan
    running, where = _running(track), rows(track, span)
    place = running.places[column]
    covered = _over(running.seconds, place, where)
    return _over(running.figures, place, where) / covered if covered > 0 else math.nan


def level(track: Track, column: str, span: Span) -> float:
    """The mean of a gauge, each row weighted by the seconds it covers; NaN where nothing is known."""
    if column not in track.values:
        return math.nan
    running, where = _running(track), rows(track, span)
    place = running.places[column]
    covered, count = _over(running.seconds, place, where), _over(running.counts, place, where)
    if covered > 0:
        return _over(running.weighted, place, where) / covered
    return _over(running.figures, place, where) / count if count else math.nan


def peak(track: Track, column: str, span: Span) -> float:
    """The highest figure in the span; NaN where nothing is known."""
    figures, _ = known(track, column, span)
    return float(figures.max()) if figures.size else math.nan


def latest(track: Track, column: str, span: Span) -> float:
    """The last figure in the span; NaN where nothing is known."""
    figures, _ = known(track, column, span)
    return float(figures[-1]) if figures.size else math.nan


@remembered
def interval(track: Track, column: str) -> float:
    """The usual seconds between two rows that have the column; NaN with fewer than two."""
    if column not in track.values:
        return math.nan
    times = track.times[~np.isnan(track.values[column])]
    if times.size < 2:
        return math.nan
    steps = np.sort(times[1:] - times[:-1])
    return float(steps[steps.size // 2])


def coverage(track: Track, column: str, span: Span) -> float:
    """The share of expected points that came, 0 to 1; the one that straddles the start counts as half."""
    step = interval(track, column)
    if math.isnan(step) or not span.length:
        return 0.0
    running = _running(track)
    count = _over(running.counts, running.places[column], rows(track, span))
    return min(1.0, (count + 0.5) * step / span.length)


@remembered
def merged(track: Track, span: Span) -> Histogram:
    """All request durations of the span in one distribution."""
    where = rows(track, span)
    found = map(track.latencies.get, range(where.start, where.stop))
    return Histogram.merge(*(histogram for histogram in found if histogram is not None))


def variation(figures: Array) -> float:
    """Standard deviation over mean; NaN with fewer than three figures, 0 where all are zero."""
    if figures.size < 3:
        return math.nan
    mean = float(figures.mean())
    return float(figures.std()) / mean if mean else 0.0


def mean(figures: list[float]) -> float:
    """The mean of what is known (not NaN); NaN where nothing is."""
    given = [figure for figure in figures if not math.isnan(figure)]
    return sum(given) / len(given) if given else math.nan


def known_sum(figures: list[float]) -> float:
    """The sum of what is known (not NaN); NaN where nothing is."""
    given = [figure for figure in figures if not math.isnan(figure)]
    return sum(given) if given else math.nan


def highest(figures: list[float]) -> float:
    """The highest of what is known (not NaN); NaN where nothing is."""
    return max((figure for figure in figures if not math.isnan(figure)), default=math.nan)


def ramp(value: float, clear: float, fire: float) -> float:
    """How far a figure went from its clear level (0) to its fire level (1); 0 where unknown.

    The `e_i` of the decision model 1.2. `fire` may be below `clear` for signals that speak by being low. Equal levels
    make a step: 0 below them, 1 at or above them.
    """
    if math.isnan(value):
        return 0.0
    if clear == fire:
        return float(value >= fire)
    return min(1.0, max(0.0, (value - clear) / (fire - clear)))
