"""OTLP/JSON (opentelemetry-proto 1.x): 64-bit integers as text, enumerations as numbers."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable
from functools import lru_cache

from advisor_agent import VERSION
from advisor_agent.deltas import Moment, Point
from advisor_agent.identity import Resource, Value
from advisor_agent.metric import COUNTER, UPDOWNCOUNTER, Attributes, Metric

_DELTA, _CUMULATIVE = 1, 2
_SCOPE = {"name": "advisor-agent", "version": VERSION}
_GZIP_WINDOW = 31

Json = dict[str, object]


class Report:
    """The points of one resource at one moment."""

    __slots__ = ("points", "resource")

    def __init__(self, resource: Resource, points: list[Point]) -> None:
        self.resource = resource
        self.points = points


def export(reports: Iterable[Report], now: Moment) -> Json:
    """An ExportMetricsServiceRequest. Values that are no finite number are left out."""
    return {"resourceMetrics": [_resource_metrics(report, now) for report in reports]}


def encoded(request: Json) -> bytes:
    """Compact JSON, gzipped."""
    text = json.dumps(request, separators=(",", ":"), allow_nan=False).encode()
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP_WINDOW)
    return packer.compress(text) + packer.flush()


def _resource_metrics(report: Report, now: Moment) -> Json:
    points_of: dict[Metric, list[Json]] = {}
    for point in report.points:
        if math.isfinite(point.value):
            points_of.setdefault(point.metric, []).append(_data_point(point, now))
    scope = {"scope": _SCOPE, "metrics": [_metric(metric, points) for metric, points in points_of.items()]}
    return {"resource": {"attributes": _attributes(report.resource.items())}, "scopeMetrics": [scope]}


def _metric(metric: Metric, points: list[Json]) -> Json:
    body: Json = {"dataPoints": points}
    if metric.kind == COUNTER:
        body.update(aggregationTemporality=_DELTA, isMonotonic=True)
    elif metric.kind == UPDOWNCOUNTER:
        body.update(aggregationTemporality=_CUMULATIVE, isMonotonic=False)
    is_sum = metric.kind in (COUNTER, UPDOWNCOUNTER)
    return {"name": metric.name, "unit": metric.unit, "sum" if is_sum else "gauge": body}


def _data_point(point: Point, now: Moment) -> Json:
    data: Json = {"timeUnixNano": str(now.unix_ns)}
    if point.start_ns:
        data["startTimeUnixNano"] = str(point.start_ns)
    if isinstance(point.value, int):
        data["asInt"] = str(point.value)
    else:
        data["asDouble"] = point.value
    if point.attributes:
        data["attributes"] = _point_attributes(point.attributes)
    return data


@lru_cache(maxsize=2048)
def _point_attributes(pairs: Attributes) -> list[Json]:
    """Remembered, since the same ones come tick after tick; the list must not be changed."""
    return _attributes(pairs)


def _attributes(pairs: Iterable[tuple[str, Value]]) -> list[Json]:
    return [{"key": key, "value": _value(value)} for key, value in pairs]


def _value(value: Value) -> Json:
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}
