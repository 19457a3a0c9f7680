"""What a histogram holds: how many observations fell between which bounds."""

from __future__ import annotations


class Buckets:
    """Observations by explicit bounds, as OpenTelemetry counts them: each in one bucket, upper bounds included.

    There is one count more than there are bounds; both are empty where a sender tells count and sum alone.
    """

    __slots__ = ("bounds", "count", "counts", "sum")

    def __init__(self, bounds: tuple[float, ...], counts: tuple[int, ...], count: int, total: float) -> None:
        self.bounds = bounds
        self.counts = counts
        self.count = count
        self.sum = total

    def plus(self, other: Buckets) -> Buckets:
        """Both together. ValueError where their bounds differ."""
        if other.bounds != self.bounds:
            raise ValueError("the bounds of two histograms differ")
        counts = tuple(a + b for a, b in zip(self.counts, other.counts))
        return Buckets(self.bounds, counts, self.count + other.count, self.sum + other.sum)

    def since(self, before: Buckets) -> Buckets | None:
        """What came after `before`; None where it began anew, or counts between other bounds, in between."""
        counts = tuple(a - b for a, b in zip(self.counts, before.counts))
        count, total = self.count - before.count, self.sum - before.sum
        if self.bounds != before.bounds or count < 0 or min(counts, default=0) < 0:
            return None
        return Buckets(self.bounds, counts, count, max(round(total, 9), 0.0))

    def nothing(self) -> Buckets:
        """No observations, between the same bounds."""
        return Buckets(self.bounds, (0,) * len(self.counts), 0, 0.0)
