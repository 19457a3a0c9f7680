"""Puts each point of one resource where it belongs, or says why it is left out."""

from __future__ import annotations

import hashlib
from collections import Counter

from advisor.features.histogram import Histogram as Buckets
from advisor.ingest import distributions, limits, rejection
from advisor.ingest.meaning import Meaning, Meanings, Target, is_known
from advisor.ingest.points import (
    CUMULATIVE,
    DELTA,
    NO_RECORDED_VALUE,
    Data,
    ExponentialPoint,
    Gauge,
    HistogramPoint,
    NumberPoint,
    Point,
    ResourceMetrics,
    Sum,
    Summary,
)
from advisor.ingest.readings import Cumulative, Distribution, Reading, Report
from advisor.ingest.rejection import Rejected
from advisor.vocabulary import Kind


class Sorter:
    """Sorts the points of one resource; `now` is the receive time on the sender's clock."""

    def __init__(self, meanings: Meanings, report: Report, rejected: Counter[str], now: float) -> None:
        self._meanings = meanings
        self._report = report
        self._rejected = rejected
        self._now_us = int(now * 1e6)
        self._latest_us = int((now + limits.FUTURE_SECONDS) * 1e6)
        self._earliest_us = int((now - limits.PAST_SECONDS) * 1e6)
        self._may_be_process = report.names_process

    def sort(self, resource: ResourceMetrics) -> None:
        """Put every point of the resource where it belongs."""
        for scope in resource.scope_metrics or ():
            name = scope.scope.name if scope.scope else ""
            for metric in scope.metrics or ():
                if metric.data is not None and is_known(metric.name):
                    self._sort_metric(f"{name}\0{metric.name}\0".encode(), metric.name, metric.data)

    def _sort_metric(self, stream: bytes, name: str, data: Data | Summary) -> None:
        if isinstance(data, Summary):
            self._rejected[rejection.SUMMARIES] += len(data.data_points or ())
            return
        for point in data.data_points or ():
            try:
                self._sort_point(stream, name, data, point)
            except Rejected as reason:
                self._rejected[str(reason)] += 1
            except (ValueError, OverflowError):
                self._rejected[rejection.UNREADABLE] += 1

    def _sort_point(self, stream: bytes, name: str, data: Data, point: Point) -> None:
        if point.flags & NO_RECORDED_VALUE:
            return
        meaning = self._meanings.find(name, point.attributes)
        if meaning is None:
            return
        if meaning.of_process and not self._may_be_process:
            raise Rejected(rejection.NOBODY)
        reading = self._reading(point)
        if isinstance(data, Gauge):
            self._level(reading, meaning, _number(point, meaning))
        elif isinstance(data, Sum):
            self._sum(reading, meaning, data, point, stream)
        elif meaning.kind is not Kind.HISTOGRAM or data.aggregation_temporality not in (DELTA, CUMULATIVE):
            raise Rejected(rejection.WRONG_KIND)
        elif data.aggregation_temporality == DELTA:
            self._add_distribution(reading, meaning, point)
        else:
            self._run_distribution(reading, meaning, point, stream)

    def _sum(self, reading: Reading, meaning: Meaning, data: Sum, point: Point, stream: bytes) -> None:
        cumulative = data.aggregation_temporality == CUMULATIVE
        if meaning.kind is not Kind.COUNTER:
            if not cumulative:
                raise Rejected(rejection.WRONG_KIND)
            self._level(reading, meaning, _number(point, meaning))
        elif not data.is_monotonic or not (cumulative or data.aggregation_temporality == DELTA):
            raise Rejected(rejection.WRONG_KIND)
        elif cumulative:
            self._run(reading, meaning, point, stream, _number(point, meaning))
        else:
            value = _number(point, meaning)
            span = _span(reading, point)
            if span > 0:
                self._add(reading, meaning.targets, value, span)

    def _level(self, reading: Reading, meaning: Meaning, value: float) -> None:
        if meaning.kind in (Kind.COUNTER, Kind.HISTOGRAM):
            raise Rejected(rejection.WRONG_KIND)
        self._add(reading, meaning.targets, value)

    def _add(self, reading: Reading, targets: tuple[Target, ...], value: float, span: float = 0.0) -> None:
        for target in targets:
            self._report.add(reading, target, value, span)

    def _add_distribution(self, reading: Reading, meaning: Meaning, point: Point) -> None:
        if isinstance(point, HistogramPoint):
            distribution, _ = distributions.explicit(point, meaning.factor)
        else:
            distribution = distributions.exponential(_exponential(point), meaning.factor)
        _check_distribution(distribution, meaning)
        span = _span(reading, point)
        if span > 0:
            self._report.spread(reading, meaning, distribution, span)

    def _run_distribution(self, reading: Reading, meaning: Meaning, point: Point, stream: bytes) -> None:
        if isinstance(point, HistogramPoint):
            distribution, bounds = distributions.explicit(point, meaning.factor)
            _check_distribution(distribution, meaning)
            counts = distributions.running_explicit(point, meaning.factor)
            self._run(reading, meaning, point, stream + repr(bounds).encode(), counts, bounds)
            return
        distribution = distributions.exponential(_exponential(point), meaning.factor)
        _check_distribution(distribution, meaning)
        if distribution.merged is not None:
            self._run(reading, meaning, point, stream, distribution.merged)

    def _run(
        self,
        reading: Reading,
        meaning: Meaning,
        point: Point,
        stream: bytes,
        value: float | Buckets,
        bounds: tuple[float, ...] | None = None,
    ) -> None:
        # The start of a sum is not told on: an SDK's observed totals name their first export and count since boot.
        start_us = 0 if isinstance(point, NumberPoint) else distributions.integer(point.start_time_unix_nano) // 1000
        key = hashlib.blake2b(stream + bytes(point.attributes), digest_size=16).digest()
        self._report.running.append(Cumulative(key, reading.time_us, meaning, start_us, value, bounds))

    def _reading(self, point: Point) -> Reading:
        """The reading of the point's moment; a point without a time was measured when it was received."""
        time_us = distributions.integer(point.time_unix_nano) // 1000 or self._now_us
        reading = self._report.readings.get(time_us)
        if reading is None:
            if time_us > self._latest_us:
                raise Rejected(rejection.IN_THE_FUTURE)
            if time_us < self._earliest_us:
                raise Rejected(rejection.TOO_OLD)
            reading = self._report.readings[time_us] = Reading(time_us)
        return reading


def _span(reading: Reading, point: Point) -> float:
    """Seconds that a delta covers.

    An SDK's first delta of an observed total starts when it ends and holds all since boot: it
    says nothing of any span, and is passed over as the first running total is.
    """
    span = (reading.time_us - distributions.integer(point.start_time_unix_nano) // 1000) / 1e6
    if span > limits.PAST_SECONDS:
        raise Rejected(rejection.NO_START)
    return span


def _number(point: Point, meaning: Meaning) -> float:
    if not isinstance(point, NumberPoint):
        raise Rejected(rejection.WRONG_KIND)
    given = point.as_double if point.as_int is None else float(point.as_int)
    value = distributions.finite(given, meaning.factor)
    if value is None:
        raise Rejected(rejection.NOT_A_NUMBER)
    return _checked(value, meaning)


def _check_distribution(distribution: Distribution, meaning: Meaning) -> None:
    for value in (float(distribution.count), distribution.sum, distribution.max):
        if value is not None:
            _checked(value, meaning)


def _checked(value: float, meaning: Meaning) -> float:
    if value < 0:
        raise Rejected(rejection.NEGATIVE)
    if value > meaning.limit:
        raise Rejected(rejection.TOO_LARGE)
    return min(value, 1.0) if meaning.is_ratio else value


def _exponential(point: Point) -> ExponentialPoint:
    if not isinstance(point, ExponentialPoint):
        raise Rejected(rejection.WRONG_KIND)
    return point
