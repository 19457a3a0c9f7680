"""What the columns of a track add up to over a span: one pass over all rows answers for every span.

An instance may have rows of two senders (agent and probe), so a row that lacks a column says nothing about it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from advisor.features.memo import remembered
from advisor.features.window import Array, Track

Sums = list[float]
"""Of one column over one span: the sum of its figures, the seconds that the rows with a figure cover, the sum of the
figures each times those seconds, and the number of rows with a figure."""

_NONE: Final[Sums] = [0.0, 0.0, 0.0, 0.0]


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
    first, last = track.times.searchsorted(span, side="right").tolist()
    return slice(first, last)


@remembered
def sums(track: Track, span: Span) -> Mapping[str, Sums]:
    """Each column that the track has, over the span."""
    if not track.values:
        return {}
    found = np.add.reduce(_terms(track)[..., rows(track, span)], axis=2)
    return dict(zip(track.values, found.T.tolist(), strict=True))


def sums_of_pieces(track: Track, columns: Sequence[str], span: Span, width: float) -> list[Mapping[str, Sums]]:
    """The same of those columns over each whole piece of `width` seconds of the span, oldest first."""
    borders, every = edges(track, span, width), list(track.values)
    told = [column for column in columns if column in track.values]
    if not told:
        return [{} for _ in borders[1:]]
    terms = _terms(track)[:, [every.index(column) for column in told], borders[0] : borders[-1]]
    upto = np.zeros((4, len(told), terms.shape[2] + 1))
    terms.cumsum(axis=2, out=upto[..., 1:])
    upto = upto[..., [border - borders[0] for border in borders]]
    return [dict(zip(told, piece, strict=True)) for piece in (upto[..., 1:] - upto[..., :-1]).T.tolist()]


def total_of(found: Mapping[str, Sums], column: str) -> float:
    """The sum of an increase; NaN where nothing is known."""
    figures, _, _, count = found.get(column, _NONE)
    return figures if count else math.nan


def rate_of(found: Mapping[str, Sums], column: str) -> float:
    """An increase per second; NaN where nothing is known."""
    figures, seconds, _, _ = found.get(column, _NONE)
    return figures / seconds if seconds > 0 else math.nan


def level_of(found: Mapping[str, Sums], column: str) -> float:
    """The mean of a gauge, each row weighted by the seconds it covers; NaN where nothing is known."""
    figures, seconds, weighted, count = found.get(column, _NONE)
    if seconds > 0:
        return weighted / seconds
    return figures / count if count else math.nan


@remembered
def edges(track: Track, span: Span, width: float) -> list[int]:
    """The rows at which the whole pieces of `width` seconds of the span begin, and the row after the last of them.

    Pieces are counted back from the end of the span.
    """
    pieces = int(span.length / width + 1e-6)
    borders = [span.end - n * width for n in range(pieces, -1, -1)]
    found: list[int] = track.times.searchsorted(borders, side="right").tolist()
    return found


@remembered
def _terms(track: Track) -> Array:
    """What each row adds to the sums, shape (4, columns, rows)."""
    matrix = np.concatenate(list(track.values.values())).reshape(len(track.values), track.times.size)
    found = np.empty((4, *matrix.shape))
    figures, seconds, weighted, count = found
    np.copyto(count, ~np.isnan(matrix))
    np.copyto(figures, np.where(count, matrix, 0.0))
    np.multiply(count, track.spans, out=seconds)
    np.multiply(figures, track.spans, out=weighted)
    return found
