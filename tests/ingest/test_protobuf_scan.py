from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from advisor.ingest import limits, protobuf_scan
from advisor.ingest.answers import Refusal
from advisor.ingest.protobuf_scan import LOGS, METRICS, Shape
from tests.ingest.exports import PROCESS, exponential, exponential_point, gauge, number, protobuf, resource
from tests.ingest.log_exports import BLOCKED, event, log_protobuf, logs


def status_of(data: bytes, shape: Shape = METRICS) -> int:
    with pytest.raises(Refusal) as caught:
        protobuf_scan.check(data, shape)
    return caught.value.status


def test_a_normal_export_passes() -> None:
    protobuf_scan.check(protobuf(resource(PROCESS, gauge("a", *[number(1, attrs={"k": "v"})] * 1000))), METRICS)
    protobuf_scan.check(log_protobuf(logs(PROCESS, *[event(BLOCKED, {"advisor.duration": 1.0})] * 1000)), LOGS)


def empty_parts(path: str) -> bytes:
    """A body of 30,000 empty messages at one place of the tree."""
    request = ExportMetricsServiceRequest()
    scope = request.resource_metrics.add().scope_metrics.add()
    if path == "resources":
        request.resource_metrics.extend([request.resource_metrics[0]] * 30_000)
    elif path == "metrics":
        for _ in range(30_000):
            scope.metrics.add()
    elif path == "points":
        points = scope.metrics.add().gauge.data_points
        for _ in range(30_000):
            points.add()
    elif path == "attributes":
        pairs = scope.metrics.add().gauge.data_points.add().attributes
        for _ in range(30_000):
            pairs.add()
    return request.SerializeToString()


@pytest.mark.parametrize("path", ["resources", "metrics", "points", "attributes"])
def test_too_many_messages_are_refused_wherever_they_stand(path: str) -> None:
    assert status_of(empty_parts(path)) == 413


def empty_log_parts(path: str) -> bytes:
    """As `empty_parts`, of logs."""
    request = ExportLogsServiceRequest()
    scope = request.resource_logs.add().scope_logs.add()
    if path == "resources":
        request.resource_logs.extend([request.resource_logs[0]] * 30_000)
    elif path == "records":
        for _ in range(30_000):
            scope.log_records.add()
    elif path == "attributes":
        pairs = scope.log_records.add().attributes
        for _ in range(30_000):
            pairs.add()
    elif path == "bodies":
        values = scope.log_records.add().body.array_value.values
        for _ in range(30_000):
            values.add()
    return request.SerializeToString()


@pytest.mark.parametrize("path", ["resources", "records", "attributes", "bodies"])
def test_too_many_messages_of_logs_are_refused_wherever_they_stand(path: str) -> None:
    assert status_of(empty_log_parts(path), LOGS) == 413


def test_unknown_fields_cost_bounded_time() -> None:
    assert status_of(b"\x78\x00" * (limits.FIELDS + 1)) == 413


def test_values_nested_too_deep_are_refused() -> None:
    request = ExportMetricsServiceRequest()
    value: AnyValue = request.resource_metrics.add().resource.attributes.add().value
    for _ in range(20):
        value = value.array_value.values.add()
    assert status_of(request.SerializeToString()) == 400


def test_a_histogram_with_endless_buckets_is_refused() -> None:
    wide = exponential_point([1] * (limits.BUCKET_BYTES + 1), 0, 1.0)
    assert status_of(protobuf(resource(PROCESS, exponential("http.server.request.duration", wide)))) == 413


@pytest.mark.parametrize(
    "data",
    [
        b"\x0a",
        b"\x0a\x05ab",
        b"\x0a\x03\x0a\x7f\x00",
        b"\x0b",
        b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x09abc",
    ],
)
def test_broken_bodies_are_refused(data: bytes) -> None:
    assert status_of(data) == 400


@given(st.binary(max_size=300), st.sampled_from([METRICS, LOGS]))
def test_any_bytes_end_in_an_answer(data: bytes, shape: Shape) -> None:
    with suppress(Refusal):
        protobuf_scan.check(data, shape)
