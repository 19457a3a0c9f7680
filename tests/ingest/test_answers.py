from __future__ import annotations

import json
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse

from advisor.ingest.answers import (
    JSON,
    PROTOBUF,
    Code,
    Receipt,
    Refusal,
    acknowledge,
    invalid,
    logs_response,
    metrics_response,
    refuse,
    send_answer,
    too_large,
    unavailable,
)


class Wire:
    def __init__(self) -> None:
        self.events: list[MutableMapping[str, Any]] = []

    async def __call__(self, event: MutableMapping[str, Any]) -> None:
        self.events.append(event)

    @property
    def status(self) -> int:
        return int(self.events[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.events[0]["headers"])

    @property
    def body(self) -> bytes:
        return bytes(self.events[1]["body"])


async def test_full_success_leaves_partial_success_unset() -> None:
    wire = Wire()
    await send_answer(wire, acknowledge(Receipt(), JSON, metrics_response))
    assert (wire.status, wire.body) == (200, b"{}")
    assert wire.headers == {b"content-type": JSON, b"content-length": b"2"}
    wire = Wire()
    await send_answer(wire, acknowledge(Receipt(), PROTOBUF, metrics_response))
    assert wire.body == b""


async def test_partial_success_counts_per_reason() -> None:
    receipt = Receipt(Counter({"points too old": 2, "negative points": 1}), points=4)
    wire = Wire()
    await send_answer(wire, acknowledge(receipt, JSON, metrics_response))
    partial = json.loads(wire.body)["partialSuccess"]
    assert partial == {"rejectedDataPoints": "3", "errorMessage": "1 negative points; 2 points too old"}
    wire = Wire()
    await send_answer(wire, acknowledge(receipt, PROTOBUF, metrics_response))
    response = ExportMetricsServiceResponse.FromString(wire.body)
    assert response.partial_success.rejected_data_points == 3
    assert response.partial_success.error_message == partial["errorMessage"]


async def test_logs_have_words_of_their_own() -> None:
    receipt = Receipt(Counter({"events too old": 2}), points=2)
    wire = Wire()
    await send_answer(wire, acknowledge(receipt, JSON, logs_response))
    assert json.loads(wire.body)["partialSuccess"] == {"rejectedLogRecords": "2", "errorMessage": "2 events too old"}
    wire = Wire()
    await send_answer(wire, acknowledge(receipt, PROTOBUF, logs_response))
    assert ExportLogsServiceResponse.FromString(wire.body).partial_success.rejected_log_records == 2
    wire = Wire()
    await send_answer(wire, acknowledge(Receipt(), PROTOBUF, logs_response))
    assert wire.body == b""


async def test_a_replay_says_so() -> None:
    wire = Wire()
    await send_answer(wire, acknowledge(Receipt(replayed=True), JSON, logs_response))
    assert wire.headers[b"advisor-replayed"] == b"true"


async def test_a_refusal_is_a_status_in_json() -> None:
    wire = Wire()
    await send_answer(wire, refuse(unavailable("Come back.", 7), JSON))
    assert wire.status == 503
    assert wire.headers[b"retry-after"] == b"7"
    assert json.loads(wire.body) == {"code": 14, "message": "Come back."}


@pytest.mark.parametrize("message", ["short", "long " * 100, "ünïcode"])
async def test_a_refusal_is_a_status_in_protobuf(message: str) -> None:
    """`google.rpc.Status` has the shape of `SpanStatus`-like messages: code 1, message 2; read it by hand."""
    wire = Wire()
    await send_answer(wire, refuse(invalid(message), PROTOBUF))
    body = wire.body
    assert body[:3] == bytes((0x08, Code.INVALID_ARGUMENT, 0x12))
    size = body[3] if body[3] < 0x80 else (body[3] & 0x7F) | body[4] << 7
    assert body[-size:].decode() == message
    assert len(body) == size + (4 if size < 0x80 else 5)


def test_only_429_and_503_ask_for_another_try() -> None:
    assert (invalid("x").status, too_large("x").status, unavailable("x").status) == (400, 413, 503)
    assert dict(invalid("x").headers) == {}
    assert dict(unavailable("x", 3).headers) == {b"retry-after": b"3"}
    with pytest.raises(Refusal):
        raise invalid("x")
