"""Histogram points of the wire, turned into distributions that merge."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from advisor.features.histogram import MAX_BUCKETS, Histogram
from advisor.ingest import limits
from advisor.ingest.points import Double, ExponentialPoint, HistogramPoint, Integer
from advisor.ingest.readings import Distribution

_DIGITS: Final = 20
_COUNTS: Final = msgspec.json.Decoder(list[int] | None, strict=False)
"""Counts travel as numbers or, as 64 bits do in JSON, as text; this takes both."""

_BOUNDS: Final = msgspec.json.Decoder(list[float] | None)


def integer(value: Integer) -> int:
    """An OTLP integer.

    Raises:
        ValueError: it is no integer of 64 bits.
    """
    if isinstance(value, str):
        if len(value) > _DIGITS:
            raise ValueError("a number of more than 64 bits")
        value = int(value)
    if not -(2**63) <= value < 2**64:
        raise ValueError("a number of more than 64 bits")
    return value


def finite(value: Double, factor: float) -> float | None:
    """The value times the factor where it is a finite number; None otherwise."""
    number = math.nan if value is None else float(value) * factor
    return number if math.isfinite(number) else None


def explicit(point: HistogramPoint, factor: float) -> tuple[Distribution, tuple[float, ...]]:
    """A point with explicit bounds, and those bounds in seconds.

    Raises:
        ValueError: the buckets do not fit the bounds, or are more than anybody keeps.
    """
    counts = _counts(point.bucket_counts)
    told = _BOUNDS.decode(_bounded(point.explicit_bounds)) or ()
    bounds = tuple(bound * factor for bound in told) if counts else ()  # unused bounds may be anything
    low, high, total = (finite(x, factor) for x in (point.min, point.max, point.sum))
    merged = Histogram.from_explicit(bounds, counts, total or 0.0, low, high) if counts else None
    longest = _longest(bounds, counts, total or 0.0) if high is None else high
    return Distribution(integer(point.count), total, longest, merged), bounds


def running_explicit(point: HistogramPoint, factor: float) -> Histogram:
    """The running counts of explicit buckets, bucket i at index i: only a difference of them has a meaning.

    Spreading running counts over finer buckets first would round them anew each time, and their
    difference would then show observations that never were.

    Raises:
        ValueError: there are more buckets than a stream can hold.
    """
    counts = _counts(point.bucket_counts)
    if not counts:
        counts = [integer(point.count)]
    if len(counts) > MAX_BUCKETS:
        raise ValueError(f"more than {MAX_BUCKETS} buckets")
    low, high, total = (finite(x, factor) for x in (point.min, point.max, point.sum))
    return Histogram.from_exponential(3, 0, 0, counts, total or 0.0, low, high)


def explicit_difference(added: Histogram, bounds: tuple[float, ...]) -> Distribution:
    """What running explicit counts have gained, as a distribution over seconds."""
    counts = [0] * (len(bounds) + 1)
    for index, count in enumerate(added.counts, added.offset):
        counts[index] = count
    merged = Histogram.from_explicit(bounds, counts, added.sum, added.min, added.max)
    return Distribution(added.count, added.sum, added.max, merged)


def _longest(bounds: Sequence[float], counts: Sequence[int], total: float) -> float | None:
    """The least that the longest can be where nobody tells it, as on a page of prom-client; None where none came.

    It is no less than the bucket that it is in begins, nor than the mean of that bucket if all others are full of
    their longest.
    """
    top = max((place for place, count in enumerate(counts) if count), default=None)
    if top is None:
        return None
    others = sum(count * bound for count, bound in zip(counts[:top], bounds[:top], strict=True))
    return max(bounds[top - 1] if top else 0.0, (total - others) / counts[top])


def exponential(point: ExponentialPoint, factor: float, is_kept: bool = True) -> Distribution:
    """An exponential point; a factor moves its buckets by whole steps, to within half a bucket.

    The buckets are not even read where nobody keeps them.

    Raises:
        ValueError: a scale that OTLP does not know, or a negative count.
    """
    low, high, total = (finite(x, factor) for x in (point.min, point.max, point.sum))
    if not is_kept:
        return Distribution(integer(point.count), total, high, None)
    side = point.positive
    counts = _counts(side.bucket_counts) if side else []
    offset = side.offset if side else 0
    if factor != 1.0:
        offset += round(math.log2(factor) * 2.0**point.scale)
    merged = Histogram.from_exponential(point.scale, integer(point.zero_count), offset, counts, total or 0.0, low, high)
    return Distribution(integer(point.count), total, high, merged)


def figures(added: Histogram) -> Distribution:
    """A distribution that is its own source of figures."""
    return Distribution(added.count, added.sum, added.max, added)


def _counts(raw: msgspec.Raw) -> Sequence[int]:
    counts = _COUNTS.decode(_bounded(raw)) or ()
    if counts and max(counts) >= 2**64:
        raise ValueError("a count of more than 64 bits")
    return counts


def _bounded(raw: msgspec.Raw) -> bytes:
    data = bytes(raw)
    if len(data) > limits.BUCKET_BYTES:
        raise ValueError(f"more than {limits.BUCKET_BYTES} bytes of buckets")
    return data
