"""The one inner form of an export, whichever encoding it came in: OTLP's messages, as far as they are used.

Field names follow opentelemetry-proto's `metrics.proto`; msgspec fills them straight from JSON.
Attributes and bucket lists stay raw JSON bytes: the same few lists come again with every export, so
what they mean is looked up rather than parsed, and buckets that nobody keeps are never read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Raw, Struct

Integer = int | str
"""A 64-bit integer: JSON may carry it as a number or as a string."""

Double = float | str | None
"""JSON may carry NaN and the infinities as strings, and some senders write null for them."""

DELTA: Final = 1
CUMULATIVE: Final = 2
NO_RECORDED_VALUE: Final = 1
"""Bit of `flags`: the sender says that there is no value."""

NOTHING: Final = Raw(b"[]")


class NumberPoint(Struct, rename="camel"):
    """A point of a gauge or a sum."""

    attributes: Raw = NOTHING
    start_time_unix_nano: Integer = 0
    time_unix_nano: Integer = 0
    as_double: Double = None
    as_int: Integer | None = None
    flags: int = 0


class HistogramPoint(Struct, rename="camel"):
    """A point of a histogram with explicit bounds."""

    attributes: Raw = NOTHING
    start_time_unix_nano: Integer = 0
    time_unix_nano: Integer = 0
    count: Integer = 0
    sum: Double = None
    bucket_counts: Raw = NOTHING
    explicit_bounds: Raw = NOTHING
    min: Double = None
    max: Double = None
    flags: int = 0


class Buckets(Struct, rename="camel"):
    """One side of an exponential histogram."""

    offset: int = 0
    bucket_counts: Raw = NOTHING


class ExponentialPoint(Struct, rename="camel"):
    """A point of an exponential histogram; negative buckets are not read, a duration has none."""

    attributes: Raw = NOTHING
    start_time_unix_nano: Integer = 0
    time_unix_nano: Integer = 0
    count: Integer = 0
    sum: Double = None
    scale: int = 0
    zero_count: Integer = 0
    positive: Buckets | None = None
    min: Double = None
    max: Double = None
    flags: int = 0


class SummaryPoint(Struct, rename="camel"):
    """A point of a summary; only counted, since quantiles cannot be merged."""

    time_unix_nano: Integer = 0


Point = NumberPoint | HistogramPoint | ExponentialPoint


class Gauge(Struct, rename="camel"):
    """Levels."""

    data_points: list[NumberPoint] | None = None


class Sum(Struct, rename="camel"):
    """Counters and up-down counters."""

    data_points: list[NumberPoint] | None = None
    aggregation_temporality: int = 0
    is_monotonic: bool = False


class Histogram(Struct, rename="camel"):
    """Histograms with explicit bounds."""

    data_points: list[HistogramPoint] | None = None
    aggregation_temporality: int = 0


class ExponentialHistogram(Struct, rename="camel"):
    """Base-2 exponential histograms."""

    data_points: list[ExponentialPoint] | None = None
    aggregation_temporality: int = 0


class Summary(Struct, rename="camel"):
    """Ready-made quantiles."""

    data_points: list[SummaryPoint] | None = None


Data = Gauge | Sum | Histogram | ExponentialHistogram


class Metric(Struct, rename="camel"):
    """One metric; one of its five kinds is set."""

    name: str = ""
    gauge: Gauge | None = None
    sum: Sum | None = None
    histogram: Histogram | None = None
    exponential_histogram: ExponentialHistogram | None = None
    summary: Summary | None = None

    @property
    def data(self) -> Data | Summary | None:
        """The kind that is set."""
        return self.gauge or self.sum or self.histogram or self.exponential_histogram or self.summary


class Scope(Struct, rename="camel"):
    """Which library measured."""

    name: str = ""


class ScopeMetrics(Struct, rename="camel"):
    """What one library measured."""

    scope: Scope | None = None
    metrics: list[Metric] | None = None


class Resource(Struct, rename="camel"):
    """Who reports."""

    attributes: Raw = NOTHING


class ResourceMetrics(Struct, rename="camel"):
    """What one process or host reports."""

    resource: Resource | None = None
    scope_metrics: list[ScopeMetrics] | None = None

    @property
    def points(self) -> int:
        """How many data points it has, of every kind."""
        return sum([count_points(scope.metrics) for scope in self.scope_metrics or () if scope.metrics])


class Export(Struct, rename="camel"):
    """The body of one request."""

    resource_metrics: list[ResourceMetrics] | None = None


def count_points(metrics: Iterable[Metric]) -> int:
    """How many data points the metrics have, of every kind."""
    return sum([len(data.data_points) for metric in metrics if (data := metric.data) and data.data_points])
