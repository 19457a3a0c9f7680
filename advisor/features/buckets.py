"""Where durations fall on the exponential scale: the arithmetic under `Histogram`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final

MAX_SCALE: Final = 3
"""Finest scale that is kept: a bucket is 9 % wide (2^(1/8)), so a quantile errs by no more."""

POWERS: Final = 1000  # edges stay within 2^-1000 and 2^1000, which a float can hold
_UNKNOWN_SPREAD: Final = 10.0  # a lowest bucket without a known minimum is taken to span one decade


def edge(position: float, scale: int) -> float:
    """The seconds at the lower edge of bucket `position`; a fraction interpolates the logarithm inside it."""
    return math.exp2(min(POWERS, max(-POWERS, position * 2.0**-scale)))


def index_of(seconds: float) -> int:
    """The bucket at the finest scale that counts this duration; buckets exclude their lower edge."""
    return math.ceil(math.log2(seconds) * 2.0**MAX_SCALE) - 1


def shift(index: int, scale: int, target: int) -> int:
    """The bucket of a coarser scale that holds this one; far-off ones fold into the outermost."""
    furthest = POWERS << target if target > 0 else -(-POWERS >> -target)  # the one that holds 2^POWERS
    return min(furthest, max(-furthest, index >> (scale - target)))


def added(low: int, offsets: Sequence[int], rows: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The counts, from bucket `low` on, of a sum of histograms of one scale, each by its first bucket and counts."""
    aligned = [(0,) * (first - low) + counts for first, counts in zip(offsets, rows, strict=True)]
    return tuple(map(sum, zip_longest(*aligned, fillvalue=0)))


def filled(
    bounds: Sequence[float], counts: Sequence[int], low: float | None, high: float | None
) -> Iterator[tuple[float, float, int]]:
    """Each bucket that counts something as (lower edge, upper edge, count)."""
    lows = [-math.inf, *bounds]
    highs = [*bounds, math.inf]
    for lower, upper, count in zip(lows, highs, counts, strict=True):
        if count:
            inner = lower if low is None else max(lower, min(low, upper))
            outer = upper if high is None else min(upper, max(high, inner))
            yield inner, outer, count


def spread(cells: dict[int, int], low: float, high: float, count: int) -> None:
    """Share `count` out over the buckets between two durations, in whole numbers that add up.

    Rounds downward as it ascends, so the highest bucket always keeps the longest observation.
    """
    if math.isinf(high):
        high = low * 2.0 ** (2.0**-MAX_SCALE) if low > 0 else 1.0
    low = low if low > 0 else high / _UNKNOWN_SPREAD
    last, given = index_of(high), 0
    start, width = math.log2(low) * 2.0**MAX_SCALE, math.log2(high / low) * 2.0**MAX_SCALE
    for index in range(min(last, math.floor(start)), last + 1):
        upto = count if index == last or not width else int(count * (index + 1 - start) / width)
        cells[index] = cells.get(index, 0) + upto - given
        given = upto
