"""Builds OTLP exports for the tests, as JSON and as protobuf."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

NOW = 1_795_408_200.0
"""Unix seconds at which the tests play; the recordings were made within minutes of it."""

PROCESS = {"service.name": "shop", "process.pid": 4711, "host.id": "machine-1", "service.instance.id": "i-1"}
HOST = {"host.id": "machine-1", "host.name": "vm"}

Json = dict[str, Any]


def nanos(seconds: float) -> str:
    return str(round(seconds * 1000) * 1_000_000)


def attributes(pairs: Mapping[str, object]) -> list[Json]:
    return [{"key": key, "value": _value(value)} for key, value in pairs.items()]


def _value(value: object) -> Json:
    kinds = {bool: "boolValue", int: "intValue", float: "doubleValue"}
    return {kinds.get(type(value), "stringValue"): value}


def number(
    value: object, at: float = NOW, span: float | None = None, attrs: Mapping[str, object] | None = None
) -> Json:
    point: Json = {"attributes": attributes(attrs or {}), "timeUnixNano": nanos(at), "asDouble": value}
    return point if span is None else {**point, "startTimeUnixNano": nanos(at - span)}


def gauge(name: str, *points: Json) -> Json:
    return {"name": name, "gauge": {"dataPoints": list(points)}}


def counter(name: str, *points: Json, temporality: int = 1, monotonic: bool = True) -> Json:
    data = {"dataPoints": list(points), "aggregationTemporality": temporality, "isMonotonic": monotonic}
    return {"name": name, "sum": data}


def histogram(name: str, *points: Json, temporality: int = 1) -> Json:
    return {"name": name, "histogram": {"dataPoints": list(points), "aggregationTemporality": temporality}}


def exponential(name: str, *points: Json, temporality: int = 1) -> Json:
    return {"name": name, "exponentialHistogram": {"dataPoints": list(points), "aggregationTemporality": temporality}}


def explicit_point(
    counts: list[int], bounds: list[float], total: float, at: float = NOW, span: float = 10.0, **more: Any
) -> Json:
    """`more` may hold `attrs`, `min` and `max`."""
    attrs = more.pop("attrs", {})
    return {
        "attributes": attributes(attrs),
        "startTimeUnixNano": nanos(at - span),
        "timeUnixNano": nanos(at),
        "count": sum(counts),
        "sum": total,
        "bucketCounts": counts,
        "explicitBounds": bounds,
        **more,
    }


def exponential_point(
    counts: list[int], offset: int, total: float, at: float = NOW, span: float = 10.0, **more: Any
) -> Json:
    """`more` may hold `attrs`, `scale`, `min` and `max`."""
    attrs = more.pop("attrs", {})
    return {
        "attributes": attributes(attrs),
        "startTimeUnixNano": nanos(at - span),
        "timeUnixNano": nanos(at),
        "count": str(sum(counts)),
        "sum": total,
        "scale": more.pop("scale", 3),
        "zeroCount": 0,
        "positive": {"offset": offset, "bucketCounts": counts},
        **more,
    }


def resource(attrs: Mapping[str, object], *metrics: Json, scope: str = "test") -> Json:
    return {
        "resource": {"attributes": attributes(attrs)},
        "scopeMetrics": [{"scope": {"name": scope}, "metrics": list(metrics)}],
    }


def export(*resources: Json) -> Json:
    return {"resourceMetrics": list(resources)}


def body(*resources: Json) -> bytes:
    return json.dumps(export(*resources)).encode()


def protobuf(*resources: Json) -> bytes:
    request = ExportMetricsServiceRequest()
    json_format.ParseDict(export(*resources), request)
    return request.SerializeToString()
