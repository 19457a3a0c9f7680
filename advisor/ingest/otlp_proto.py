"""OTLP/protobuf: counted on the wire, decoded, then brought into the inner form.

The official classes decode fast but every field that Python touches costs; so each point is read
once, and its attributes become the JSON bytes that an OTLP/JSON sender would have sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

import msgspec
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.logs.v1 import logs_pb2
from opentelemetry.proto.metrics.v1 import metrics_pb2 as pb
from opentelemetry.proto.resource.v1 import resource_pb2

from advisor.ingest import logs, points, protobuf_scan
from advisor.ingest.answers import invalid

_encode = msgspec.json.encode
_Piece = TypeVar("_Piece", bound=Message)
_OF_EXPONENTIAL: Final = b"\x0a"
"""The tag of the attributes of an exponential histogram's point: field 1."""

_Request = TypeVar("_Request", ExportMetricsServiceRequest, ExportLogsServiceRequest)


def decode(body: bytes) -> points.Export:
    """The export of metrics in a protobuf body.

    Raises:
        Refusal: as `protobuf_scan.check`, and 400 for what is no OTLP.
    """
    protobuf_scan.check(body, protobuf_scan.METRICS)
    request = _parse(ExportMetricsServiceRequest, body, "metrics")
    return points.Export([_resource_metrics(resource) for resource in request.resource_metrics])


def decode_logs(body: bytes) -> logs.LogExport:
    """The export of logs in a protobuf body; errors as `decode`."""
    protobuf_scan.check(body, protobuf_scan.LOGS)
    request = _parse(ExportLogsServiceRequest, body, "logs")
    return logs.LogExport([_resource_logs(resource) for resource in request.resource_logs])


def metric(piece: bytes) -> points.Metric:
    """One metric of a body.

    Raises:
        ValueError: it is no OTLP.
    """
    return _metric(_piece(pb.Metric, piece))


def resource(piece: bytes) -> points.ResourceMetrics:
    """One resource of a body with all its metrics; errors as `metric`."""
    return _resource_metrics(_piece(pb.ResourceMetrics, piece))


def who(piece: bytes) -> msgspec.Raw:
    """The attributes of a resource, from their fields; errors as `metric`."""
    return _attributes(_piece(resource_pb2.Resource, piece).attributes)


def point_attributes(piece: bytes) -> msgspec.Raw:
    """The attributes of a point, from their fields, whose numbers tell its kind; errors as `metric`."""
    if piece[:1] == _OF_EXPONENTIAL:
        return _attributes(_piece(pb.ExponentialHistogramDataPoint, piece).attributes)
    return _attributes(_piece(pb.NumberDataPoint, piece).attributes)


def _piece(form: type[_Piece], piece: bytes) -> _Piece:
    try:
        return form.FromString(piece)
    except DecodeError as error:
        raise ValueError(str(error)) from None


def _parse(form: type[_Request], body: bytes, signal: str) -> _Request:
    try:
        return form.FromString(body)
    except DecodeError as error:
        raise invalid(f"The body is not OTLP/protobuf {signal}: {error}") from None


def _resource_logs(resource: logs_pb2.ResourceLogs) -> logs.ResourceLogs:
    who = points.Resource(_attributes(resource.resource.attributes))
    scopes = [logs.ScopeLogs([_record(record) for record in scope.log_records]) for scope in resource.scope_logs]
    return logs.ResourceLogs(who, scopes)


def _record(record: logs_pb2.LogRecord) -> logs.LogRecord:
    return logs.LogRecord(
        _attributes(record.attributes), record.time_unix_nano, record.observed_time_unix_nano, record.event_name
    )


def _resource_metrics(resource: pb.ResourceMetrics) -> points.ResourceMetrics:
    who = points.Resource(_attributes(resource.resource.attributes))
    return points.ResourceMetrics(who, [_scope(scope) for scope in resource.scope_metrics])


def _scope(scope: pb.ScopeMetrics) -> points.ScopeMetrics:
    return points.ScopeMetrics(points.Scope(scope.scope.name), [_metric(metric) for metric in scope.metrics])


def _metric(metric: pb.Metric) -> points.Metric:
    kind = metric.WhichOneof("data")
    out = points.Metric(metric.name)
    if kind == "gauge":
        out.gauge = points.Gauge([_number(p) for p in metric.gauge.data_points])
    elif kind == "sum":
        numbers = [_number(p) for p in metric.sum.data_points]
        out.sum = points.Sum(numbers, metric.sum.aggregation_temporality, metric.sum.is_monotonic)
    elif kind == "histogram":
        explicit = [_histogram(p) for p in metric.histogram.data_points]
        out.histogram = points.Histogram(explicit, metric.histogram.aggregation_temporality)
    elif kind == "exponential_histogram":
        data = metric.exponential_histogram
        exponential = [_exponential(p) for p in data.data_points]
        out.exponential_histogram = points.ExponentialHistogram(exponential, data.aggregation_temporality)
    elif kind == "summary":
        out.summary = points.Summary([points.SummaryPoint(p.time_unix_nano) for p in metric.summary.data_points])
    return out


def _number(point: pb.NumberDataPoint) -> points.NumberPoint:
    kind = point.WhichOneof("value")
    return points.NumberPoint(
        _attributes(point.attributes),
        point.start_time_unix_nano,
        point.time_unix_nano,
        point.as_double if kind == "as_double" else None,
        point.as_int if kind == "as_int" else None,
        point.flags,
    )


def _histogram(point: pb.HistogramDataPoint) -> points.HistogramPoint:
    return points.HistogramPoint(
        _attributes(point.attributes),
        point.start_time_unix_nano,
        point.time_unix_nano,
        point.count,
        point.sum if point.HasField("sum") else None,
        _raw(point.bucket_counts),
        _raw(point.explicit_bounds),
        point.min if point.HasField("min") else None,
        point.max if point.HasField("max") else None,
        point.flags,
    )


def _exponential(point: pb.ExponentialHistogramDataPoint) -> points.ExponentialPoint:
    return points.ExponentialPoint(
        _attributes(point.attributes),
        point.start_time_unix_nano,
        point.time_unix_nano,
        point.count,
        point.sum if point.HasField("sum") else None,
        point.scale,
        point.zero_count,
        points.Buckets(point.positive.offset, _raw(point.positive.bucket_counts)),
        point.min if point.HasField("min") else None,
        point.max if point.HasField("max") else None,
        point.flags,
    )


def _raw(numbers: Sequence[float]) -> msgspec.Raw:
    return msgspec.Raw(_encode(list(numbers)))


def _attributes(pairs: Iterable[KeyValue]) -> msgspec.Raw:
    """The attributes as JSON; arrays and maps carry no meaning for us and are left out."""
    listed = [{"key": pair.key, "value": _value(pair)} for pair in pairs]
    return msgspec.Raw(_encode(listed)) if listed else points.NOTHING


def _value(pair: KeyValue) -> dict[str, str | int | float | bool]:
    kind = pair.value.WhichOneof("value")
    if kind == "string_value":
        return {"stringValue": pair.value.string_value}
    if kind == "int_value":
        return {"intValue": pair.value.int_value}
    if kind == "double_value":
        return {"doubleValue": pair.value.double_value}
    if kind == "bool_value":
        return {"boolValue": pair.value.bool_value}
    return {}
