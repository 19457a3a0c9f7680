"""OTLP/JSON (opentelemetry-proto 1.x): 64-bit integers as text, enumerations as numbers.

Written as text at once: nearly all of it is the same tick after tick, and is remembered.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from json.encoder import encode_basestring_ascii

from advisor_agent import VERSION
from advisor_agent.buckets import Buckets
from advisor_agent.deltas import Moment, Point
from advisor_agent.metric import COUNTER, HISTOGRAM, UPDOWNCOUNTER, Attributes, Metric
from advisor_agent.resource import Resource, Value

_DELTA, _CUMULATIVE = 1, 2
_SCOPE = f'"scope":{{"name":"advisor-agent","version":{encode_basestring_ascii(VERSION)}}}'
_GZIP_WINDOW = 31
_BODIES = {COUNTER: "sum", UPDOWNCOUNTER: "sum", HISTOGRAM: "histogram"}


class Report:
    """The points of one resource at one moment."""

    __slots__ = ("points", "resource")

    def __init__(self, resource: Resource, points: list[Point]) -> None:
        self.resource = resource
        self.points = points


def export(reports: Iterable[Report], now: Moment) -> str:
    """An ExportMetricsServiceRequest. Values that are no finite number are left out."""
    return f'{{"resourceMetrics":[{",".join([_resource_metrics(report, now) for report in reports])}]}}'


def event_record(resource: Resource, name: str, unix_ns: int, attributes: Mapping[str, Value]) -> str:
    """A ResourceLogs with one event of one resource."""
    said = f'"eventName":{encode_basestring_ascii(name)},{_attributes(attributes.items())}'
    record = f'{{"timeUnixNano":"{unix_ns}",{said}}}'
    return f'{{"resource":{{{_known_by(resource)}}},"scopeLogs":[{{{_SCOPE},"logRecords":[{record}]}}]}}'


def events_export(records: Iterable[str]) -> str:
    """An ExportLogsServiceRequest of what `event_record` made."""
    return f'{{"resourceLogs":[{",".join(records)}]}}'


def encoded(text: str) -> bytes:
    """Gzipped."""
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP_WINDOW)
    return packer.compress(text.encode()) + packer.flush()


def _resource_metrics(report: Report, now: Moment) -> str:
    points_of: dict[Metric, list[str]] = {}
    time = f'{{"timeUnixNano":"{now.unix_ns}"'
    for point in report.points:
        if isinstance(point.value, Buckets) or math.isfinite(point.value):
            points_of.setdefault(point.metric, []).append(_data_point(point, time))
    metrics = ",".join([_metric(metric, points) for metric, points in points_of.items()])
    return f'{{"resource":{{{_known_by(report.resource)}}},"scopeMetrics":[{{{_SCOPE},"metrics":[{metrics}]}}]}}'


def _known_by(resource: Resource) -> str:
    resource.text = resource.text or _attributes(resource.items())
    return resource.text


def _metric(metric: Metric, points: list[str]) -> str:
    head, tail = _frame(metric)
    return f"{head}{','.join(points)}{tail}"


@cache
def _frame(metric: Metric) -> tuple[str, str]:
    """What stands before and after the points of a metric; there are as many as collectors declare."""
    name, unit = encode_basestring_ascii(metric.name), encode_basestring_ascii(metric.unit)
    head = f'{{"name":{name},"unit":{unit},"{_BODIES.get(metric.kind, "gauge")}":{{"dataPoints":['
    if metric.kind == COUNTER:
        return head, f'],"aggregationTemporality":{_DELTA},"isMonotonic":true}}}}'
    if metric.kind == UPDOWNCOUNTER:
        return head, f'],"aggregationTemporality":{_CUMULATIVE},"isMonotonic":false}}}}'
    if metric.kind == HISTOGRAM:
        return head, f'],"aggregationTemporality":{_DELTA}}}}}'
    return head, "]}}"


def _data_point(point: Point, time: str) -> str:
    start = f',"startTimeUnixNano":"{point.start_ns}"' if point.start_ns else ""
    value = point.value
    if isinstance(value, int):
        figure = f'"asInt":"{value}"'
    else:
        figure = _histogram(value) if isinstance(value, Buckets) else f'"asDouble":{value!r}'
    attributes = _point_attributes(point.attributes) if point.attributes else ""
    return f"{time}{start},{figure}{attributes}}}"


def _histogram(value: Buckets) -> str:
    counts, bounds = ",".join(map(str, value.counts)), ",".join(map(repr, value.bounds))
    return f'"count":{value.count},"sum":{value.sum!r},"bucketCounts":[{counts}],"explicitBounds":[{bounds}]'


@lru_cache(maxsize=2048)
def _point_attributes(pairs: Attributes) -> str:
    return f",{_attributes(pairs)}"


def _attributes(pairs: Iterable[tuple[str, Value]]) -> str:
    texts = [f'{{"key":{encode_basestring_ascii(key)},"value":{_value(value)}}}' for key, value in pairs]
    return f'"attributes":[{",".join(texts)}]'


def _value(value: Value) -> str:
    if isinstance(value, int):
        return f'{{"intValue":"{value}"}}'
    return f'{{"stringValue":{encode_basestring_ascii(str(value))}}}'
