"""OTLP/JSON (opentelemetry-proto 1.x): 64-bit integers as text, enumerations as numbers."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable

from advisor_agent import VERSION
from advisor_agent.deltas import Moment, Point
from advisor_agent.identity import Resource, Value
from advisor_agent.metric import COUNTER, UPDOWNCOUNTER

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
    metrics: dict[str, Json] = {}
    for point in report.points:
        if math.isfinite(point.value):
            metric = metrics.setdefault(point.metric.name, _empty(point))
            _data_points(metric).append(_data_point(point, now))
    scope = {"scope": _SCOPE, "metrics": list(metrics.values())}
    return {"resource": {"attributes": _attributes(report.resource.items())}, "scopeMetrics": [scope]}


def _empty(point: Point) -> Json:
    kind = point.metric.kind
    metric: Json = {"name": point.metric.name, "unit": point.metric.unit}
    if kind == COUNTER:
        metric["sum"] = {"aggregationTemporality": _DELTA, "isMonotonic": True, "dataPoints": []}
    elif kind == UPDOWNCOUNTER:
        metric["sum"] = {"aggregationTemporality": _CUMULATIVE, "isMonotonic": False, "dataPoints": []}
    else:
        metric["gauge"] = {"dataPoints": []}
    return metric


def _data_points(metric: Json) -> list[Json]:
    body = metric.get("sum") or metric["gauge"]
    assert isinstance(body, dict)
    points: list[Json] = body["dataPoints"]
    return points


def _data_point(point: Point, now: Moment) -> Json:
    data: Json = {"timeUnixNano": str(now.unix_ns)}
    if point.start_ns:
        data["startTimeUnixNano"] = str(point.start_ns)
    if isinstance(point.value, int):
        data["asInt"] = str(point.value)
    else:
        data["asDouble"] = point.value
    if point.attributes:
        data["attributes"] = _attributes(point.attributes)
    return data


def _attributes(pairs: Iterable[tuple[str, Value]]) -> list[Json]:
    return [{"key": key, "value": _value(value)} for key, value in pairs]


def _value(value: Value) -> Json:
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}
