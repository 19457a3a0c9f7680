"""Puts each point of one resource where it belongs, or says why it is left out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings

from advisor.features.histogram import Histogram as Buckets
from advisor.ingest import checked, distributions, limits, rejection
from advisor.ingest.meaning import KNOWN, Meaning, Meanings
from advisor.ingest.points import (
    CUMULATIVE,
    DELTA,
    NO_RECORDED_VALUE,
    Data,
    ExponentialPoint,
    Gauge,
    HistogramPoint,
    Integer,
    Metric,
    NumberPoint,
    Point,
    ResourceMetrics,
    Sum,
    Summary,
    count_points,
)
from advisor.ingest.readings import Cumulative, Reading, Report
from advisor.ingest.rejection import Ignored, Rejected
from advisor.vocabulary import Entity, Kind


def kept_seconds() -> float:
    """How old a point may be that is kept: what is pruned at once corrects no rollup."""
    return float(min(limits.PAST_SECONDS, settings.RAW_HOURS * 3600, settings.KEEP_PARTS_HOURS * 3600))


class Sorter:
    """Sorts the points of one resource; `now` is the receive time on the sender's clock.

    Times come as text, and nearly all points of a resource have the same ones: what was made of the last is kept.
    """

    def __init__(
        self, meanings: Meanings, report: Report, rejected: Counter[str], ignored: Counter[str], now: float
    ) -> None:
        self._meanings = meanings
        self._report = report
        self._rejected = rejected
        self._ignored = ignored
        self._now_us = int(now * 1e6)
        self._latest_us = int((now + limits.FUTURE_SECONDS) * 1e6)
        self._earliest_us = int((now - kept_seconds()) * 1e6)
        self._may_be_process = report.names_process
        self._scope = self._metric = ""
        self._time: Integer | None = None
        self._start: Integer | None = None
        self._quick_start: Integer | None = None
        self._span = 0.0
        self._reading = Reading(0)

    def sort(self, resource: ResourceMetrics) -> None:
        """Put every point of the resource where it belongs."""
        for scope in resource.scope_metrics or ():
            self._scope = scope.scope.name if scope.scope else ""
            known = [metric for metric in scope.metrics or () if metric.name in KNOWN]
            self._sort_metrics(known)
            if len(known) < len(scope.metrics or ()):
                strange = count_points(metric for metric in scope.metrics or () if metric.name not in KNOWN)
                self._ignored[rejection.NOT_KEPT] += strange

    def sort_metric(self, scope: str, metric: Metric) -> None:
        """Put the points of one metric where they belong, of which some column keeps something."""
        self._scope = scope
        self._sort_metrics((metric,))

    def _sort_metrics(self, metrics: Sequence[Metric]) -> None:
        """Take levels and increases of the process or host itself, as nearly all points are, without a call for each.

        What is odd in any way goes the long way, one point after another in their order. A number that is no number is
        neither less nor more than another, so it is odd too.
        """
        known, own, machine = self._meanings.known, self._reading.process, self._reading.host
        for metric in metrics:
            data, sums = metric.gauge or metric.sum, metric.sum
            is_level = metric.gauge is not None or (sums is not None and sums.aggregation_temporality == CUMULATIVE)
            is_increase = sums is not None and sums.is_monotonic and sums.aggregation_temporality == DELTA
            if data is None or not (is_level or is_increase):
                self._sort_metric(metric)
                own, machine = self._reading.process, self._reading.host
                continue
            for point in data.data_points or ():
                meaning, value = known.get((metric.name, bytes(point.attributes))), point.as_double
                if (
                    meaning is None
                    or (target := meaning.level if is_level else meaning.increase) is None
                    or type(value) is not float
                    or point.time_unix_nano != self._time
                    or not (is_level or point.start_time_unix_nano == self._quick_start)
                    or not 0.0 <= (value := value * meaning.factor) <= meaning.most
                    or point.flags
                    or point.as_int is not None
                    or not (self._may_be_process or target.entity is Entity.HOST)
                    or target.column in (figures := own if target.entity is Entity.PROCESS else machine).values
                ):
                    self._sort_points(metric, data, (point,))
                    own, machine = self._reading.process, self._reading.host
                    continue
                figures.values[target.column] = value
                if not is_level:
                    figures.covers(target.column, self._span)
                    self._reading.span = max(self._reading.span, self._span)

    def _sort_metric(self, metric: Metric) -> None:
        data = metric.data
        if isinstance(data, Summary):
            self._rejected[rejection.SUMMARIES] += len(data.data_points or ())
        elif data is not None:
            self._sort_points(metric, data, data.data_points or ())

    def _sort_points(self, metric: Metric, data: Data, points: Sequence[Point]) -> None:
        self._metric, take = metric.name, self._taker(data)
        for point in points:
            try:
                self._sort_point(metric.name, point, take)
            except Rejected as reason:
                self._rejected[str(reason)] += 1
            except Ignored as reason:
                self._ignored[str(reason)] += 1
            except (ValueError, OverflowError):
                self._rejected[rejection.UNREADABLE] += 1

    def _taker(self, data: Data) -> Callable[[Any, Meaning], None]:
        """What takes a point of this kind of data, and what it means."""
        if isinstance(data, Gauge):
            return self._level
        cumulative = data.aggregation_temporality == CUMULATIVE
        if not cumulative and data.aggregation_temporality != DELTA:
            return _refuse
        if not isinstance(data, Sum):
            return self._run_distribution if cumulative else self._add_distribution
        if not data.is_monotonic:
            return self._balance if cumulative else _refuse
        return self._total if cumulative else self._increase

    def _sort_point(self, metric: str, point: Point, take: Callable[[Any, Meaning], None]) -> None:
        if point.flags & NO_RECORDED_VALUE:
            raise Ignored(rejection.NO_VALUE)
        meaning = self._meanings.find(metric, point.attributes)
        if meaning is None:
            raise Ignored(rejection.NOT_KEPT)
        if meaning.of_process and not self._may_be_process:
            raise Rejected(rejection.NOBODY)
        if point.time_unix_nano != self._time:
            self._turn_to(point.time_unix_nano)
        take(point, meaning)

    def _level(self, point: NumberPoint, meaning: Meaning) -> None:
        value = checked.number(point, meaning)
        if meaning.kind in (Kind.COUNTER, Kind.HISTOGRAM):
            raise Rejected(rejection.WRONG_KIND)
        self._add(meaning, value, 0.0)

    def _balance(self, point: NumberPoint, meaning: Meaning) -> None:
        """A sum that may fall: a level, unless a counter was expected."""
        if meaning.kind is Kind.COUNTER:
            raise Rejected(rejection.WRONG_KIND)
        self._level(point, meaning)

    def _increase(self, point: NumberPoint, meaning: Meaning) -> None:
        if meaning.kind is not Kind.COUNTER:
            raise Rejected(rejection.WRONG_KIND)
        value = checked.number(point, meaning)
        self._add(meaning, value, self._span_of(point))

    def _total(self, point: NumberPoint, meaning: Meaning) -> None:
        """A running total; of what is no counter it is the level."""
        if meaning.kind is Kind.COUNTER:
            self._run(meaning, point, checked.number(point, meaning))
        else:
            self._level(point, meaning)

    def _add(self, meaning: Meaning, value: float, span: float) -> None:
        for each in meaning.targets:
            self._reading.put(each, value, span)

    def _add_distribution(self, point: HistogramPoint | ExponentialPoint, meaning: Meaning) -> None:
        distribution, _ = checked.distribution(point, meaning, is_kept=bool(meaning.whole))
        if not self._reading.spread(meaning, distribution, self._span_of(point)):
            raise Ignored(rejection.NO_VALUE)

    def _run_distribution(self, point: HistogramPoint | ExponentialPoint, meaning: Meaning) -> None:
        distribution, bounds = checked.distribution(point, meaning, is_kept=True)
        if isinstance(point, HistogramPoint):
            self._run(meaning, point, distributions.running_explicit(point, meaning.factor), bounds)
        elif distribution.merged is not None:
            self._run(meaning, point, distribution.merged)

    def _run(
        self, meaning: Meaning, point: Point, value: float | Buckets, bounds: tuple[float, ...] | None = None
    ) -> None:
        # The start of a sum is not told on: an SDK's observed totals name their first export and count since boot.
        start_us = 0 if isinstance(point, NumberPoint) else distributions.integer(point.start_time_unix_nano) // 1000
        stream = "\0".join((self._scope, self._metric, "" if bounds is None else repr(bounds))).encode()
        key = hashlib.blake2b(stream + bytes(point.attributes), digest_size=16).digest()
        self._report.running.append(Cumulative(key, self._reading.time_us, meaning, start_us, value, bounds))

    def _turn_to(self, time: Integer) -> None:
        """Go on with the reading of a moment; a point without a time was measured when it was received."""
        time_us = distributions.integer(time) // 1000 or self._now_us
        reading = self._report.readings.get(time_us)
        if reading is None:
            if time_us > self._latest_us:
                raise Rejected(rejection.IN_THE_FUTURE)
            if time_us < self._earliest_us:
                raise Rejected(rejection.TOO_OLD)
            reading = self._report.readings[time_us] = Reading(time_us)
        self._reading, self._time, self._start, self._quick_start = reading, time, None, None

    def _span_of(self, point: Point) -> float:
        """Seconds that a delta covers.

        An SDK's first delta of an observed total starts when it ends and holds all since boot: it
        says nothing of any span, and is ignored as the first running total is.
        """
        if point.start_time_unix_nano != self._start:
            self._span = (self._reading.time_us - distributions.integer(point.start_time_unix_nano) // 1000) / 1e6
            self._start = point.start_time_unix_nano
            self._quick_start = self._start if 0.0 < self._span <= limits.PAST_SECONDS else None
        if self._span > limits.PAST_SECONDS:
            raise Rejected(rejection.NO_START)
        if self._span <= 0:
            raise Ignored(rejection.NO_SPAN)
        return self._span


def _refuse(point: Point, meaning: Meaning) -> None:
    raise Rejected(rejection.WRONG_KIND)
