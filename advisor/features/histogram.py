"""Distributions of durations that merge without loss: base-2 exponential histograms.

The shape is OpenTelemetry's exponential histogram (metrics data model, "ExponentialHistogram"): at
scale s the base is 2^(2^-s), and bucket i counts the observations in (base^i, base^(i+1)]. Here all
observations are durations, in seconds, so there are no negative buckets.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

from advisor.features.buckets import MAX_SCALE, added, edge, filled, shift, spread
from advisor.features.packing import pack, unpack

MAX_BUCKETS: Final = 160
"""Most buckets that are kept, the default of OpenTelemetry's SDKs: at scale 3 they span 1 to 2^20."""

WIRE_SCALES: Final = range(-10, 21)
"""Scales that OTLP knows."""

ROUNDING: Final = 1 - 1e-12  # so that the rank of a share which ends a bucket does not slip into the next
HEAD: Final = 4  # integers before the counts, encoded: scale, flags, zeros, offset
MIN_TOLD, MAX_TOLD = 1, 2  # flags


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many durations fell into each bucket; always in the one normal form, so equal means equal.

    Attributes:
        scale: fineness, at most `MAX_SCALE`; a lower one has wider buckets.
        zero_count: observations of zero.
        offset: index of the first bucket in `counts`.
        counts: observations per bucket, no zeros at either end, at most `MAX_BUCKETS`.
        sum: seconds, all observations together.
        min: shortest observation in seconds, None where unknown.
        max: longest observation in seconds, None where unknown.
    """

    scale: int = MAX_SCALE
    zero_count: int = 0
    offset: int = 0
    counts: tuple[int, ...] = ()
    sum: float = 0.0
    min: float | None = None
    max: float | None = None

    @property
    def count(self) -> int:
        """Number of observations."""
        return self.zero_count + sum(self.counts)

    @property
    def mean(self) -> float:
        """Mean duration in seconds; NaN when empty."""
        return self.sum / self.count if self.count else math.nan

    @classmethod
    def from_exponential(
        cls,
        scale: int,
        zero_count: int,
        offset: int,
        counts: Sequence[int],
        sum: float,
        min: float | None = None,
        max: float | None = None,
    ) -> Self:
        """An exponential histogram as it travels; its negative buckets are left out by the caller.

        Raises:
            ValueError: a scale that OTLP does not know, a negative count, or a sum that is not finite.
        """
        if scale not in WIRE_SCALES:
            raise ValueError(f"histogram scale {scale} is outside -10 to 20")
        _check((zero_count, *counts), sum)
        if scale <= MAX_SCALE and len(counts) <= MAX_BUCKETS:
            low, high = _used(counts)
            if low < high:
                return cls(scale, zero_count, offset + low, tuple(counts[low:high]), sum, min, max)
        cells = {offset + index: count for index, count in enumerate(counts) if count}
        return cls._normal(scale, zero_count, cells, sum, (min, max))

    @classmethod
    def from_explicit(
        cls,
        bounds: Sequence[float],
        counts: Sequence[int],
        sum: float,
        min: float | None = None,
        max: float | None = None,
    ) -> Self:
        """A histogram with explicit bounds in seconds, each count spread evenly over the logarithm of its bucket.

        `min` and `max` tighten the outer buckets. Without `max`, what lies above the last bound is
        put just above it: a quantile that falls there means "at least".

        Raises:
            ValueError: bounds that do not ascend, counts that do not fit them, a sum that is not finite.
        """
        if len(counts) != len(bounds) + 1 or any(a >= b for a, b in pairwise(bounds)):
            raise ValueError(f"{len(bounds)} ascending bounds need {len(bounds) + 1} counts, not {len(counts)}")
        _check(counts, sum)
        zeros, cells = 0, dict[int, int]()
        for low, high, count in filled(bounds, counts, min, max):
            if high <= 0:
                zeros += count
            else:
                spread(cells, low, high, count)
        return cls._normal(MAX_SCALE, zeros, cells, sum, (min, max))

    @classmethod
    def merge(cls, *histograms: Histogram) -> Histogram:
        """All observations together, at the coarsest scale among them; order does not matter."""
        given = [h for h in histograms if h.counts or h.zero_count]
        if len(given) < 2:
            return given[0] if given else cls()
        scales, counts = [h.scale for h in given], [h.counts for h in given]
        scale, zero_count = min(scales), sum([h.zero_count for h in given])
        total = math.fsum([h.sum for h in given])
        lows, highs = [h.min for h in given if h.min is not None], [h.max for h in given if h.max is not None]
        every = len(given)
        extremes = (min(lows) if len(lows) == every else None, max(highs) if len(highs) == every else None)
        if scale == max(scales) and all(counts):
            first = min([h.offset for h in given])
            if max([h.offset + len(h.counts) for h in given]) - first <= MAX_BUCKETS:
                summed = added(first, [h.offset for h in given], counts)
                return cls(scale, zero_count, first, summed, total, *extremes)
        cells: dict[int, int] = {}
        for other in given:
            other._add_to(cells, scale)
        return cls._normal(scale, zero_count, cells, total, extremes)

    def subtract(self, earlier: Histogram) -> Histogram | None:
        """What came since `earlier`, both counted from the same start; None where counting began anew.

        The extremes are known only where they moved since.
        """
        if not earlier.count:
            return self
        scale = min(self.scale, earlier.scale)
        now, before = dict[int, int](), dict[int, int]()
        self._add_to(now, scale)
        earlier._add_to(before, scale)
        rest = {index: now.get(index, 0) - before.get(index, 0) for index in now.keys() | before.keys()}
        zeros = self.zero_count - earlier.zero_count
        if zeros < 0 or any(count < 0 for count in rest.values()):
            return None
        extremes = (
            None if None in (self.min, earlier.min) or self.min == earlier.min else self.min,
            None if None in (self.max, earlier.max) or self.max == earlier.max else self.max,
        )
        return self._normal(scale, zeros, rest, max(0.0, self.sum - earlier.sum), extremes)

    def quantile(self, q: float) -> float:
        """The duration in seconds that a share `q` (0 to 1) stays at or below; NaN when empty.

        Interpolates the logarithm inside the bucket that holds the exact quantile, so it errs by at
        most one bucket's width: a factor 2^(1/8) at scale 3.
        """
        count = self.count
        if not count:
            return math.nan
        index, part = self._locate(q * count)
        return 0.0 if index is None else self._clip(edge(index + part, self.scale))

    def encode(self) -> bytes:
        """The bytes that the store keeps."""
        flags = (self.min is not None) * MIN_TOLD | (self.max is not None) * MAX_TOLD
        floats = [self.sum, *(x for x in (self.min, self.max) if x is not None)]
        return pack([self.scale, flags, self.zero_count, self.offset, *self.counts], floats)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The inverse of `encode`.

        Raises:
            ValueError: the bytes are cut off, or of a version that this code does not know.
        """
        integers, floats = unpack(data)
        if len(integers) < HEAD or len(floats) != 1 + (integers[1] & (MIN_TOLD | MAX_TOLD)).bit_count():
            raise ValueError("a stored histogram is cut off")
        scale, flags, zero_count, offset, *counts = integers
        extremes = iter(floats[1:])
        low = next(extremes) if flags & MIN_TOLD else None
        high = next(extremes) if flags & MAX_TOLD else None
        return cls(scale, zero_count, offset, tuple(counts), floats[0], low, high)

    @classmethod
    def _normal(
        cls, scale: int, zeros: int, cells: dict[int, int], total: float, extremes: tuple[float | None, float | None]
    ) -> Self:
        used = sorted(index for index, count in cells.items() if count)
        if not used:
            return cls(zero_count=zeros, sum=total, min=extremes[0], max=extremes[1]) if zeros else cls()
        target = min(scale, MAX_SCALE)
        while shift(used[-1], scale, target) - shift(used[0], scale, target) >= MAX_BUCKETS:
            target -= 1
        first, last = (shift(index, scale, target) for index in (used[0], used[-1]))
        counts = [0] * (last - first + 1)
        moved = (first, last) != (used[0], used[-1])  # nearly never: then each bucket is where it belongs
        for index in used:
            counts[(shift(index, scale, target) if moved else index) - first] += cells[index]
        return cls(target, zeros, first, tuple(counts), total, *extremes)

    def _add_to(self, cells: dict[int, int], scale: int) -> None:
        down = self.scale - scale
        for index, count in enumerate(self.counts, self.offset):
            cells[index >> down] = cells.get(index >> down, 0) + count

    def _locate(self, rank: float) -> tuple[int | None, float]:
        """The bucket that holds the observation of this rank, and how far inside; None for the zeros."""
        seen, least = float(self.zero_count), rank * ROUNDING
        if not self.counts or (seen and least <= seen):
            return None, 0.0
        for index, count in enumerate(self.counts, self.offset):
            if count and least <= seen + count:
                return index, min(1.0, max(0.0, rank - seen) / count)
            seen += count
        return self.offset + len(self.counts) - 1, 1.0

    def _clip(self, seconds: float) -> float:
        low = seconds if self.min is None else max(self.min, seconds)
        return low if self.max is None else min(self.max, low)


def _used(counts: Sequence[int]) -> tuple[int, int]:
    """Where the first count above zero stands, and the place after the last; equal where there is none."""
    low, high = 0, len(counts)
    while low < high and not counts[low]:
        low += 1
    while high > low and not counts[high - 1]:
        high -= 1
    return low, high


def _check(counts: Sequence[int], total: float) -> None:
    if counts and min(counts) < 0:
        raise ValueError("a histogram cannot count fewer than zero observations")
    if not math.isfinite(total):
        raise ValueError(f"the sum of a histogram must be finite, not {total}")
