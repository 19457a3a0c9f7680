"""Figures of one column over one span: the arithmetic that every signal rests on.

An instance may have rows of two senders (agent and probe), so a row that lacks a column says nothing
about it: rows without a figure are left out, and sampling intervals are learned per column.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from advisor.features.histogram import Histogram
from advisor.features.memo import remembered
from advisor.features.sums import Span, edges, rows, sums
from advisor.features.window import Array, Track

NEAR: Final = 4
"""So many rows from the end are looked at one by one for the last figure, before all are."""

BRIDGED: Final = 2
"""So many intervals one row may cover for all of them to count: after more of them a sender was silent (judgement)."""

_NOTHING: Final = np.empty(0)


@remembered
def known(track: Track, column: str, span: Span) -> tuple[Array, Array]:
    """The figures of a column in the span and the seconds that each covers; empty where there are none."""
    if column not in track.values:
        return _NOTHING, _NOTHING
    where = rows(track, span)
    figures = track.values[column][where]
    given = ~np.isnan(figures)
    return figures[given], track.spans[where][given]


def total(track: Track, column: str, span: Span) -> float:
    """The sum of an increase over the span; NaN where nothing is known."""
    return sums(track, span).total(column)


def rate(track: Track, column: str, span: Span) -> float:
    """An increase per second over the span; NaN where nothing is known."""
    return sums(track, span).rate(column)


def level(track: Track, column: str, span: Span) -> float:
    """The mean of a gauge, each row weighted by the seconds it covers; NaN where nothing is known."""
    return sums(track, span).level(column)


def peak(track: Track, column: str, span: Span) -> float:
    """The highest figure in the span; NaN where nothing is known."""
    figures = track.values[column][rows(track, span)] if column in track.values else _NOTHING
    return float(np.fmax.reduce(figures)) if figures.size else math.nan


def peaks(track: Track, column: str, span: Span, width: float) -> list[float]:
    """The highest figure in each whole piece of `width` seconds of the span, oldest first; NaN where none is known."""
    borders = edges(track, span, width)
    if column not in track.values:
        return [math.nan] * (len(borders) - 1)
    pieces = list(pairwise(borders))
    starts = [start for start, stop in pieces if start < stop]  # `reduceat` takes an empty piece for one of a row
    found = iter(np.fmax.reduceat(track.values[column][: borders[-1]], starts).tolist() if starts else ())
    return [next(found) if start < stop else math.nan for start, stop in pieces]


def latest(track: Track, column: str, span: Span) -> float:
    """The last figure in the span; NaN where nothing is known."""
    if column not in track.values:
        return math.nan
    return _last(track.values[column][rows(track, span)])


def latests(track: Track, column: str, span: Span, width: float) -> list[float]:
    """The last figure in each whole piece of `width` seconds of the span, oldest first; NaN where none is known."""
    borders = edges(track, span, width)
    if column not in track.values:
        return [math.nan] * (len(borders) - 1)
    return [_last(track.values[column][start:stop]) for start, stop in pairwise(borders)]


def _last(figures: Array) -> float:
    """The last that is known; most often that is the very last, or of two senders the last but one."""
    for figure in reversed(figures[-NEAR:].tolist()):
        if not math.isnan(figure):
            return float(figure)
    given = figures[~np.isnan(figures)]
    return float(given[-1]) if given.size else math.nan


@remembered
def interval(track: Track, column: str) -> float:
    """The usual seconds between two rows that have the column; NaN with fewer than two."""
    if column not in track.values:
        return math.nan
    times = track.times[~np.isnan(track.values[column])]
    if times.size < 2:
        return math.nan
    steps = times[1:] - times[:-1]
    steps.sort()
    return float(steps[steps.size // 2])


def coverage(track: Track, column: str, span: Span) -> float:
    """The share of expected points that came, 0 to 1; the one that straddles the start counts as half.

    One that did not come is no loss where the next covers its time as well, as increases of running totals do.
    """
    step = interval(track, column)
    if math.isnan(step) or not span.length:
        return 0.0
    came = (sums(track, span).count(column) + 0.5) * step / span.length
    if came < 1:
        _, covered = known(track, column, span)
        came = max(came, float(np.minimum(covered, BRIDGED * step).sum()) / span.length)
    return min(1.0, came)


@remembered
def merged(track: Track, span: Span) -> Histogram:
    """All request durations of the span in one distribution."""
    where = rows(track, span)
    found = map(track.latencies.get, range(where.start, where.stop))
    return Histogram.merge(*[histogram for histogram in found if histogram is not None])


def variation(figures: Sequence[float]) -> float:
    """Standard deviation over mean; NaN with fewer than three figures, 0 where all are zero."""
    if len(figures) < 3:
        return math.nan
    mean = sum(figures) / len(figures)
    spread = math.sqrt(sum((figure - mean) ** 2 for figure in figures) / len(figures))
    return spread / mean if mean else 0.0


def mean(figures: list[float]) -> float:
    """The mean of what is known (not NaN); NaN where nothing is."""
    if len(figures) == 1:  # most services are one process
        return figures[0]
    given = [figure for figure in figures if not math.isnan(figure)]
    return sum(given) / len(given) if given else math.nan


def known_sum(figures: list[float]) -> float:
    """The sum of what is known (not NaN); NaN where nothing is."""
    if len(figures) == 1:
        return figures[0]
    given = [figure for figure in figures if not math.isnan(figure)]
    return sum(given) if given else math.nan


def highest(figures: list[float]) -> float:
    """The highest of what is known (not NaN); NaN where nothing is."""
    return max([figure for figure in figures if not math.isnan(figure)], default=math.nan)


def ramp(value: float, clear: float, fire: float) -> float:
    """How far a figure went from its clear level (0) to its fire level (1); 0 where unknown.

    The `e_i` of the decision model 1.2. `fire` may be below `clear` for signals that speak by being low. Equal levels
    make a step: 0 below them, 1 at or above them.
    """
    if math.isnan(value):
        return 0.0
    if clear == fire:
        return float(value >= fire)
    gone = (value - clear) / (fire - clear)
    return 1.0 if gone >= 1 else gone if gone > 0 else 0.0


def telling(figure: Callable[[float], float], short: float, long: float, least: float) -> float:
    """The last seconds of which a figure is judged: one of the two spans or twice the short one, where it is highest.

    Of few and heavy pieces of work a short span tells more of chance than of load. Where the figure is below `least` in
    the short one and in twice of it, what was before is over, and it is the short one.
    """
    now = max((short, 2 * short), key=figure)
    return max((now, long), key=figure) if figure(now) >= least else short
