"""The distribution of the requests of each row, made from its count and its median."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from advisor.features import Histogram
from advisor.features.window import Array

SPREAD = 0.4  # of the logarithm of a request's duration


class Latencies(Mapping[int, Histogram]):
    """A distribution for each row, made when it is asked for: most are never looked at."""

    def __init__(self, counts: Array, medians: Array) -> None:
        self._counts, self._medians = counts, medians
        self._made: dict[int, Histogram] = {}

    def __getitem__(self, row: int) -> Histogram:
        if row not in self._made:
            self._made[row] = self._drawn(row)
        return self._made[row]

    def __contains__(self, row: object) -> bool:
        return isinstance(row, int) and 0 <= row < self._counts.size and self._counts[row] > 0

    def _drawn(self, row: int) -> Histogram:
        count = int(self._counts[row])
        if not count:
            raise KeyError(row)
        draw = np.random.default_rng(row)
        seconds = self._medians[row] * np.exp(draw.normal(0, SPREAD, count))
        indexes = np.ceil(np.log2(seconds) * 8).astype(int) - 1
        first = int(indexes.min())
        shares = np.bincount(indexes - first)
        total = float(seconds.sum())
        return Histogram.from_exponential(
            3, 0, first, shares.tolist(), total, float(seconds.min()), float(seconds.max())
        )

    def __iter__(self) -> Iterator[int]:
        return iter(np.flatnonzero(self._counts).tolist())

    def __len__(self) -> int:
        return int(np.count_nonzero(self._counts))
