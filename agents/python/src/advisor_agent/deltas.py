"""Running totals become increases since the last export."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from advisor_agent.buckets import Buckets
from advisor_agent.metric import SHARE, Attributes, Metric, Sample, Value

_CLOCK_STEP_SECONDS = 0.5
_NANOSECONDS = 1_000_000_000


class Moment:
    """One instant on both clocks: Unix time in nanoseconds, and seconds that are never set."""

    __slots__ = ("steady", "unix_ns")

    def __init__(self, unix_ns: int, steady: float) -> None:
        self.unix_ns = unix_ns
        self.steady = steady


class Point:
    """A data point as it is sent. `start_ns` is 0 for levels."""

    __slots__ = ("attributes", "metric", "start_ns", "value")

    def __init__(self, metric: Metric, value: Value, attributes: Attributes, start_ns: int) -> None:
        self.metric = metric
        self.value = value
        self.attributes = attributes
        self.start_ns = start_ns


_Totals = dict[tuple[str, Attributes], Value]


class Deltas:
    """Keeps the last totals of each subject (the host, or a process by pid and start)."""

    def __init__(self) -> None:
        self._last: dict[Hashable, tuple[Moment, _Totals]] = {}

    def points(self, subject: Hashable, samples: Iterable[Sample], now: Moment) -> list[Point]:
        """Levels as they are, and increases of those totals that were also seen last time.

        A total that fell (a device was replaced, the kernel corrected iowait) gives no point: a
        negative rate does not exist. A series of a histogram that was not there last time began at nothing.
        """
        before, old = self._last.get(subject, (now, {}))
        span = now.steady - before.steady
        start_ns = _start(before, now, span)
        totals: _Totals = {}
        points = []
        has_sparse = False
        for sample in samples:
            metric, value = sample.metric, sample.value
            if not metric.accumulates:
                points.append(Point(metric, value, sample.attributes, 0))
                continue
            key = (metric.name, sample.attributes)
            totals[key] = value
            increase = _gain(value, old.get(key))
            if span > 0 and increase is not None:
                points.append(_increase(metric, increase, sample.attributes, start_ns, span))
                has_sparse = has_sparse or metric.is_sparse
        self._last[subject] = (now, totals)
        return _thinned(points) if has_sparse else points

    def keep(self, subjects: Iterable[Hashable]) -> None:
        """Forget every subject but these."""
        wanted = set(subjects)
        self._last = {subject: last for subject, last in self._last.items() if subject in wanted}


def _start(before: Moment, now: Moment, span: float) -> int:
    """The last export's time, or `span` ago if the clock was set in between."""
    seconds = (now.unix_ns - before.unix_ns) / _NANOSECONDS
    if abs(seconds - span) < _CLOCK_STEP_SECONDS:
        return before.unix_ns
    return now.unix_ns - round(span * _NANOSECONDS)


def _gain(value: Value, before: Value | None) -> Value | None:
    """What came since last time; None where that cannot be told."""
    if isinstance(value, Buckets):
        return value.since(before if isinstance(before, Buckets) else value.nothing())
    if before is None or isinstance(before, Buckets) or value < before:
        return None
    return value - before


def _increase(metric: Metric, increase: Value, attributes: Attributes, start_ns: int, span: float) -> Point:
    if isinstance(increase, Buckets):
        return Point(metric, increase, attributes, start_ns)
    if metric.kind == SHARE:
        return Point(metric, min(increase / span, 1.0), attributes, 0)
    return Point(metric, round(increase, 9), attributes, start_ns)


def _thinned(points: list[Point]) -> list[Point]:
    """Without what gained nothing of sparse histograms, but for one point each where none gained."""
    idle = {point.metric: point for point in points if _is_idle(point)}
    if not idle:
        return points
    kept = [point for point in points if not _is_idle(point)]
    busy = {point.metric for point in kept}
    return kept + [Point(m, point.value, (), point.start_ns) for m, point in idle.items() if m not in busy]


def _is_idle(point: Point) -> bool:
    return point.metric.is_sparse and isinstance(point.value, Buckets) and not point.value.count
