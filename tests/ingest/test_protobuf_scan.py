from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from advisor.ingest import limits, protobuf_scan
from advisor.ingest.answers import Refusal
from tests.ingest.exports import PROCESS, exponential, exponential_point, gauge, number, protobuf, resource


def status_of(data: bytes) -> int:
    with pytest.raises(Refusal) as caught:
        protobuf_scan.check(data)
    return caught.value.status


def test_a_normal_export_passes() -> None:
    protobuf_scan.check(protobuf(resource(PROCESS, gauge("a", *[number(1, attrs={"k": "v"})] * 1000))))


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


@given(st.binary(max_size=300))
def test_any_bytes_end_in_an_answer(data: bytes) -> None:
    with suppress(Refusal):
        protobuf_scan.check(data)
