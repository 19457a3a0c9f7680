"""What the columns of a track add up to over a span: one pass over all rows answers for every span.

An instance may have rows of two senders (agent and probe), so a row that lacks a column says nothing about it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from advisor.features.memo import remembered
from advisor.features.window import Array, Track


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
        return [Span(*ends) for ends in pairwise(self.borders(width))]

    def borders(self, width: float) -> list[float]:
        """Where those pieces begin, and where the last of them ends."""
        pieces = int(self.length / width + 1e-6)
        return [self.end - n * width for n in range(pieces, -1, -1)]


@dataclass(slots=True)  # not frozen, which would take twice the time: there are many, and nobody changes one
class Sums:
    """What the columns of a track add up to over one span.

    Attributes:
        places: column -> its place in what follows.
        figures: the sum of its figures.
        seconds: those that the rows with a figure cover.
        weighted: the sum of its figures, each times the seconds that its row covers.
        counts: rows with a figure.
    """

    places: Mapping[str, int]
    figures: list[float]
    seconds: list[float]
    weighted: list[float]
    counts: list[float]

    def total(self, column: str) -> float:
        """The sum of an increase; NaN where nothing is known."""
        place = self.places.get(column)
        return math.nan if place is None or not self.counts[place] else self.figures[place]

    def rate(self, column: str) -> float:
        """An increase per second; NaN where nothing is known."""
        place = self.places.get(column)
        return math.nan if place is None or not self.seconds[place] > 0 else self.figures[place] / self.seconds[place]

    def level(self, column: str) -> float:
        """The mean of a gauge, each row weighted by the seconds it covers; NaN where nothing is known."""
        place = self.places.get(column)
        if place is None or not self.counts[place]:
            return math.nan
        seconds = self.seconds[place]
        return self.weighted[place] / seconds if seconds > 0 else self.figures[place] / self.counts[place]

    def covered(self, columns: Iterable[str]) -> float:
        """The seconds of the rows that have a figure, most of these columns."""
        return max([self.seconds[self.places[column]] for column in columns if column in self.places], default=0.0)

    def count(self, column: str) -> float:
        """The rows that have a figure."""
        place = self.places.get(column)
        return 0.0 if place is None else self.counts[place]


@remembered
def rows(track: Track, span: Span) -> slice:
    """The rows whose time lies in the span."""
    times = _times(track)
    return slice(bisect_right(times, span.start), bisect_right(times, span.end))


@remembered
def sums(track: Track, span: Span) -> Sums:
    """Each column that the track has, over the span."""
    terms, where = _terms(track), rows(track, span)
    (figures, counts), (weighted, seconds) = (terms.rows[..., where] @ terms.weights[where]).transpose(2, 0, 1).tolist()
    return Sums(terms.places, figures, seconds, weighted, counts)


def sums_of_pieces(track: Track, columns: Sequence[str], span: Span, width: float) -> list[Sums]:
    """The same of those columns over each whole piece of `width` seconds of the span, oldest first."""
    terms, borders = _terms(track), edges(track, span, width)
    told = [column for column in columns if column in terms.places]
    asked = terms.rows[:, [terms.places[column] for column in told], borders[0] : borders[-1]]
    upto = np.zeros((2, *asked.shape[:2], asked.shape[2] + 1))
    asked.cumsum(axis=2, out=upto[0, ..., 1:])
    (asked * track.spans[borders[0] : borders[-1]]).cumsum(axis=2, out=upto[1, ..., 1:])
    upto = upto[..., [border - borders[0] for border in borders]]
    new = {column: place for place, column in enumerate(told)}
    pieces = (upto[..., 1:] - upto[..., :-1]).transpose(3, 0, 1, 2).tolist()
    return [Sums(new, figures, seconds, weighted, counts) for (figures, counts), (weighted, seconds) in pieces]


@remembered
def edges(track: Track, span: Span, width: float) -> list[int]:
    """The rows at which the whole pieces of `width` seconds of the span begin, and the row after the last of them."""
    times = _times(track)
    return [bisect_right(times, border) for border in span.borders(width)]


@remembered
def _times(track: Track) -> list[float]:
    found: list[float] = track.times.tolist()
    return found


class _Terms(NamedTuple):
    """What each row adds to the sums, and how often.

    Attributes:
        places: column -> its place in `rows`.
        rows: figures (0 where there is none), and 1 where there is one; of the shape (2, columns, rows).
        weights: once, and as many times as the row covers seconds; of the shape (rows, 2).
    """

    places: dict[str, int]
    rows: Array
    weights: Array


@remembered
def _terms(track: Track) -> _Terms:
    size = track.times.size
    found, weights = np.empty((2, len(track.values), size)), np.empty((size, 2))
    figures, given = found
    np.concatenate([np.empty(0), *track.values.values()], out=figures.reshape(-1))
    missing = np.isnan(figures)
    given[...] = ~missing
    np.putmask(figures, missing, 0.0)
    weights[:, 0], weights[:, 1] = 1.0, track.spans
    return _Terms({column: place for place, column in enumerate(track.values)}, found, weights)
