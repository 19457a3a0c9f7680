"""The histograms of one page, put together from their lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from advisor_agent.buckets import Buckets
from advisor_agent.exposition import bound_of, labels_of

_LARGEST = 2.0**53


class _Series:
    __slots__ = ("below", "count", "labels", "sum")

    def __init__(self, labels: dict[str, str]) -> None:
        self.labels = labels
        self.below: dict[float, float] = {}
        self.count = math.nan
        self.sum = math.nan


class PageHistograms:
    """Histograms, and summaries as histograms without buckets: their quantiles cannot be merged."""

    def __init__(self, names: Iterable[str]) -> None:
        self._found: dict[str, dict[object, _Series]] = {name: {} for name in names}
        self._by_text: dict[tuple[str, str], _Series] = {}
        self._lines = {name + part: (name, part) for name in self._found for part in ("", "_bucket", "_sum", "_count")}

    def take(self, line: str, labels: str, value: float) -> bool:
        """Take a line in; False if it belongs to none of the histograms. PageError for labels that cannot be read."""
        if line not in self._lines:
            return False
        name, part = self._lines[line]
        if part == "_bucket":
            bound, rest = bound_of(labels)
            self._series(name, rest).below[_number(bound)] = value
        elif part == "_sum":
            self._series(name, labels).sum = value
        elif part == "_count":
            self._series(name, labels).count = value
        return True

    def of(self, name: str) -> Iterator[tuple[dict[str, str], Buckets]]:
        """Labels and buckets of each series. One whose figures contradict each other is left out."""
        for series in self._found[name].values():
            buckets = _buckets(series)
            if buckets is not None:
                yield series.labels, buckets

    def _series(self, name: str, text: str) -> _Series:
        series = self._by_text.get((name, text))
        if series is None:
            labels = labels_of(text)
            series = self._found[name].setdefault(frozenset(labels.items()), _Series(labels))
            self._by_text[name, text] = series
        return series


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _buckets(series: _Series) -> Buckets | None:
    bounds = sorted(bound for bound in series.below if bound < math.inf)
    running = [series.below[bound] for bound in bounds] if series.below else []
    count = series.below.get(math.inf, series.count)
    running += [count]
    steps = [after - before for before, after in zip([0.0, *running], running)]
    is_told = all(0 <= step <= _LARGEST and step == int(step) for step in steps) and math.isfinite(series.sum)
    if not is_told or series.sum < 0 or len(bounds) + (math.inf in series.below) < len(series.below):
        return None
    counts = tuple(int(step) for step in steps) if series.below else ()
    return Buckets(tuple(bounds), counts, int(count), series.sum)
