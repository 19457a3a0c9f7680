"""Events travel from the wire to the store: both encodings, every answer, the same promises as samples."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from advisor.fleet import tokens
from advisor.fleet.models import Host, Instance, Service, Token
from advisor.ingest import limits, rejection
from advisor.store import events as store_events
from advisor.store.models import Event, ProcessSample
from tests.ingest.client import Answer, MakeDoor, call
from tests.ingest.exports import NOW, PROCESS, body, gauge, number, resource
from tests.ingest.log_exports import BLOCKED, EXITED, STARTED, event, log_body, log_protobuf, logs

PROTOBUF = "application/x-protobuf"
PROBE = {**PROCESS, "telemetry.sdk.name": "advisor-probe"}
DURATION = "advisor.duration"


@pytest.fixture
def secret(transactional_db: None) -> str:
    return tokens.make(Token.Kind.HOST)[1]


@sync_to_async
def stored() -> list[Mapping[str, Any]]:
    return list(Event.objects.order_by("time", "name", "ordinal").values())


@sync_to_async
def one(model: Any) -> Any:
    return model.objects.get()


async def post(door: Any, secret: str, data: bytes, **headers: str) -> Answer:
    return await call(door, data, path="/v1/logs", token=secret, **headers)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("content_type", ["application/json", PROTOBUF])
async def test_an_event_is_stored_before_it_is_acknowledged(
    make_door: MakeDoor, secret: str, content_type: str, packed: bool
) -> None:
    some = logs(PROBE, event(BLOCKED, {DURATION: 0.25, "code.line.number": 7}), event(STARTED, at=NOW - 9))
    data = log_protobuf(some) if content_type == PROTOBUF else log_body(some)
    encoding = {"content_encoding": "gzip"} if packed else {}
    answer = await post(
        make_door(lambda: NOW), secret, gzip.compress(data) if packed else data, content_type=content_type, **encoding
    )
    assert (answer.status, answer.body) == (200, b"" if content_type == PROTOBUF else b"{}")
    assert answer.headers[b"content-type"].decode() == content_type
    instance = await one(Instance)
    started, blocked = await stored()
    assert (started["name"], started["time"], started["duration"]) == (STARTED, (NOW - 9) * 1e6, None)
    assert (blocked["service_id"], blocked["instance_id"]) == (instance.service_id, instance.pk)
    assert (blocked["at"], blocked["duration"], blocked["line"], blocked["file"]) == (NOW * 1e6, 0.25, 7, None)


async def test_a_batch_that_comes_again_changes_nothing(make_door: MakeDoor, secret: str) -> None:
    door, once = make_door(lambda: NOW), {"advisor_batch_id": str(uuid.uuid4())}
    first = log_body(logs(PROBE, event(BLOCKED, {DURATION: 0.5})))
    assert (await post(door, secret, first, **once)).status == 200
    before = await stored()
    answer = await post(door, secret, first, **once)
    assert (answer.status, answer.headers[b"advisor-replayed"]) == (200, b"true")
    other = log_body(logs(PROBE, event(BLOCKED, {DURATION: 0.9}), event(STARTED)))
    assert (await post(door, secret, other, **once)).status == 400
    assert await stored() == before


async def test_a_later_record_of_a_block_replaces_the_former(make_door: MakeDoor, secret: str) -> None:
    door = make_door(lambda: NOW)
    await post(door, secret, log_body(logs(PROBE, event(BLOCKED, {DURATION: 0.5, "code.line.number": 7}))))
    await post(door, secret, log_body(logs(PROBE, event(BLOCKED, {DURATION: 4.5}))))
    (row,) = await stored()
    assert (row["duration"], row["line"]) == (4.5, None)


async def test_of_a_mixed_batch_the_events_are_kept_and_the_rest_is_told(make_door: MakeDoor, secret: str) -> None:
    mixed = logs(
        PROBE, event("", {"text": "hello"}), event(BLOCKED, {DURATION: -1.0}), event(STARTED), event("foreign")
    )
    answer = await post(make_door(lambda: NOW), secret, log_body(mixed))
    assert answer.status == 200
    assert answer.json["partialSuccess"]["rejectedLogRecords"] == "3"
    assert answer.partial == f"1 {rejection.BAD_DURATION}; 2 {rejection.NO_EVENT}"
    assert [row["name"] for row in await stored()] == [STARTED]
    binary = await post(make_door(lambda: NOW), secret, log_protobuf(mixed), content_type=PROTOBUF)
    partial = ExportLogsServiceResponse.FromString(binary.body).partial_success
    assert (partial.rejected_log_records, partial.error_message) == (3, answer.partial)


async def test_who_writes_logs_alone_becomes_no_service(make_door: MakeDoor, secret: str) -> None:
    answer = await post(make_door(lambda: NOW), secret, log_body(logs(PROBE, event("", {"text": "hello"}))))
    assert "OTEL_LOGS_EXPORTER=none" in answer.partial
    assert not await Service.objects.aexists()


async def test_events_of_nobody_are_told(make_door: MakeDoor, secret: str) -> None:
    door = make_door(lambda: NOW)
    for who in ({"host.id": "machine-1"}, {"host.id": "machine-1", "service.name": " "}):
        answer = await post(door, secret, log_body(logs(who, event(STARTED))))
        assert answer.partial == f"1 {rejection.EVENT_OF_NOBODY}"
    assert await stored() == []


async def test_bodies_that_hold_too_much_are_refused(make_door: MakeDoor, secret: str) -> None:
    door = make_door(lambda: NOW)
    many = b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[' + b",".join([b"{}"] * (limits.POINTS + 1)) + b"]}]}]}"
    answer = await post(door, secret, many)
    assert (answer.status, "log records" in answer.json["message"]) == (413, True)
    objects = b'{"resourceLogs":[' + b",".join([b"{}"] * (limits.MESSAGES + 1)) + b"]}"
    assert (await post(door, secret, objects)).status == 413
    assert (await post(door, secret, bytes(limits.WIRE_BYTES + 1))).status == 413
    assert (await post(door, secret, b"\x0a\x00" * 100_000, content_type=PROTOBUF)).status == 413
    assert (await post(door, secret, gzip.compress(bytes(20_000_000)), content_encoding="gzip")).status == 413


@pytest.mark.parametrize("data", [b"", b"[]", b'{"resourceLogs":[{"resource":{"attributes":{}}}]}', b"[" * 9_999])
async def test_what_is_no_otlp_is_refused(make_door: MakeDoor, secret: str, data: bytes) -> None:
    answer = await post(make_door(lambda: NOW), secret, data)
    assert (answer.status, answer.json["code"]) == (400, 3)


async def test_a_wrong_token_and_another_hosts_are_refused(make_door: MakeDoor, secret: str) -> None:
    door, data = make_door(lambda: NOW), log_body(logs(PROBE, event(STARTED)))
    wrong = await post(door, "wrong", data)
    assert (wrong.status, wrong.taken) == (401, 0)
    assert (await post(door, secret, data)).status == 200
    elsewhere = await post(door, secret, log_body(logs({**PROBE, "host.id": "machine-2"}, event(STARTED))))
    assert (elsewhere.status, elsewhere.json["code"]) == (403, 7)
    assert len(await stored()) == 1


async def test_a_clock_that_is_off_is_put_right(make_door: MakeDoor, secret: str) -> None:
    ahead = NOW + 3600
    door = make_door(lambda: NOW)
    data = log_body(logs(PROBE, event(STARTED, at=ahead)))
    assert (await post(door, secret, data, advisor_sent_at=str(ahead))).body == b"{}"
    (row,) = await stored()
    assert (row["time"], row["at"]) == (ahead * 1e6, NOW * 1e6)
    assert (await one(Host)).clock_offset == -3600.0


async def test_what_is_over_the_limit_of_the_hour_is_told(
    make_door: MakeDoor, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_events, "HOURLY", 3)
    door = make_door(lambda: NOW)
    five = [event(BLOCKED, {DURATION: 1.0}, NOW - second) for second in range(5)]
    answer = await post(door, secret, log_body(logs(PROBE, *five)))
    assert answer.partial == f"2 {rejection.NO_ROOM}"
    again = await post(door, secret, log_body(logs(PROBE, event(BLOCKED, {DURATION: 9.0}), event(STARTED))))
    assert again.partial == f"1 {rejection.NO_ROOM}"
    assert [row["duration"] for row in await stored()] == [1.0, 1.0, 9.0]


async def test_a_process_known_by_events_alone_neither_lives_on_nor_serves(make_door: MakeDoor, secret: str) -> None:
    """Its spooled last word comes an hour late; samples of the same process then are what brings it to life."""
    late = NOW + 3600
    await post(
        make_door(lambda: late), secret, log_body(logs(PROBE, event(STARTED, at=NOW), event(EXITED, at=NOW + 5)))
    )
    instance, service = await one(Instance), await one(Service)
    assert {instance.last_seen, service.last_seen} == {datetime.fromtimestamp(NOW + 5, UTC)}
    assert not service.serves
    sample = body(resource(PROBE, gauge("nodejs.eventloop.utilization", number(0.5, at=late))))
    assert (await call(make_door(lambda: late), sample, token=secret)).status == 200
    assert (await one(Service)).serves
    assert (await one(ProcessSample)).instance_id == instance.pk
