from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import pytest

from advisor.ingest import otlp_json, otlp_proto
from advisor.ingest.answers import Refusal
from advisor.ingest.pivot import Pivot, Pivoted
from advisor.ingest.points import Export
from tests.ingest.exports import (
    NOW,
    PROCESS,
    Json,
    counter,
    explicit_point,
    exponential,
    exponential_point,
    export,
    gauge,
    histogram,
    number,
    protobuf,
    resource,
)
from tests.ingest.log_exports import BLOCKED, STARTED, event, log_body, log_protobuf, logs

ROUTE = {"http.request.method": "GET", "http.route": "/", "http.response.status_code": 500}
REQUEST = "http.server.request.duration"


def sorted_by(decode: Callable[[bytes], Export], data: bytes) -> Pivoted:
    return Pivot().sort(decode(data), NOW, lambda host: 0.0)


@pytest.mark.parametrize(
    "metric",
    [
        gauge("nodejs.eventloop.utilization", number(0.5)),
        counter("process.cpu.time", number(1.5, span=10, attrs={"cpu.mode": "user"})),
        counter("process.cpu.time", number(1.5, span=10, attrs={"cpu.mode": "user"}), temporality=2),
        counter("process.memory.usage", number(1e8), temporality=2, monotonic=False),
        histogram(REQUEST, explicit_point([1, 2, 0], [0.01, 0.1], 0.2, attrs=ROUTE, min=0.001, max=0.09)),
        histogram(REQUEST, explicit_point([1, 2, 0], [0.01, 0.1], 0.2, attrs=ROUTE), temporality=2),
        exponential(REQUEST, exponential_point([1, 0, 2], -40, 0.2, attrs=ROUTE, max=0.5)),
        {"name": REQUEST, "summary": {"dataPoints": [{"timeUnixNano": "1"}]}},
    ],
)
def test_means_the_same_as_json(metric: Json) -> None:
    """Streams are named by raw attributes, so a running total must look the same in both."""
    ours = sorted_by(otlp_proto.decode, protobuf(resource(PROCESS, metric)))
    compact = json.dumps(export(resource(PROCESS, metric)), separators=(",", ":")).encode()
    theirs = sorted_by(otlp_json.decode, compact)
    assert ours.rejected == theirs.rejected
    assert ours.reports == theirs.reports


def test_keeps_scalars_and_leaves_out_the_rest() -> None:
    attrs = [
        {"key": "a", "value": {"stringValue": "x"}},
        {"key": "b", "value": {"intValue": "7"}},
        {"key": "c", "value": {"doubleValue": 0.5}},
        {"key": "d", "value": {"boolValue": True}},
        {"key": "e", "value": {"arrayValue": {"values": [{"stringValue": "secret"}]}}},
    ]
    found = otlp_proto.decode(protobuf({"resource": {"attributes": attrs}}))
    assert found.resource_metrics is not None
    who = found.resource_metrics[0].resource
    assert who is not None
    values = [pair["value"] for pair in msgspec.json.decode(who.attributes)]
    assert values == [{"stringValue": "x"}, {"intValue": 7}, {"doubleValue": 0.5}, {"boolValue": True}, {}]


def test_logs_mean_the_same_as_json() -> None:
    said = {"advisor.duration": 0.5, "code.line.number": 7, "code.file.path": "/srv/app.js", "unknown": True}
    some = logs(PROCESS, event(BLOCKED, said), event("", {"text": "an ordinary line"}), event(STARTED, at=NOW - 5))
    ours = Pivot().sort_logs(otlp_proto.decode_logs(log_protobuf(some)), NOW, lambda host: 0.0)
    theirs = Pivot().sort_logs(otlp_json.decode_logs(log_body(some)), NOW, lambda host: 0.0)
    assert ours == theirs
    assert [len(report.events) for report in ours.reports] == [2]


@pytest.mark.parametrize("decode", [otlp_proto.decode, otlp_proto.decode_logs])
def test_what_is_no_otlp_is_refused(decode: Callable[[bytes], object]) -> None:
    with pytest.raises(Refusal) as caught:
        decode(b'{"resourceMetrics":[]}')
    assert caught.value.status == 400
