"""What is there whole is taken as on the long way, and answered alike."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import AsyncIterator

import pytest

from advisor.ingest import limits
from advisor.ingest.answers import Answer, unavailable
from advisor.ingest.door import Door
from advisor.ingest.pivot import Pivoted
from advisor.ingest.reader import Reader
from advisor.ingest.request import Request
from advisor.ingest.steps import Steps
from advisor.store import samples
from tests.ingest.client import call, call_short, raw_headers
from tests.ingest.doors import Gated
from tests.ingest.exports import NOW, PROCESS, body, gauge, number, protobuf, resource

ELU = "nodejs.eventloop.utilization"
GOOD = resource(PROCESS, gauge(ELU, number(0.5)))
BAD = resource(PROCESS, gauge(ELU, number("NaN"), number(-1.0), number(0.5, at=NOW + 9999), number(0.5)))
PROTOBUF = {"content_type": "application/x-protobuf"}
GZIP = {"content_encoding": "gzip"}


@pytest.fixture
def database() -> Gated:
    return Gated()


@pytest.fixture
async def door(database: Gated) -> AsyncIterator[Door]:
    """Knows the token `good` already, since somebody has come with it."""
    door = database.door()
    assert (await call(door)).status == 200
    database.batches.clear()
    yield door
    database.gate.set()
    await asyncio.to_thread(door.stop)


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        (body(GOOD), {}),
        (gzip.compress(body(GOOD)), GZIP),
        (protobuf(GOOD), PROTOBUF),
        (gzip.compress(protobuf(GOOD)), PROTOBUF | GZIP),
        (body(BAD), {}),
        (protobuf(BAD), PROTOBUF),
        (b"", PROTOBUF),
        (b"{", {}),
        (b"\x0a\x05", PROTOBUF),
        (gzip.compress(bytes(20_000_000)), GZIP),
        (gzip.compress(body(GOOD))[:-4], GZIP),
        (gzip.compress(body(GOOD)) + b"more", GZIP),
        (bytes(limits.WIRE_BYTES + 1), {}),
        (body(GOOD), {"content_type": "text/plain"}),
        (body(GOOD), {"content_encoding": "br"}),
        (body(GOOD), {"advisor_batch_id": "none"}),
        (body(GOOD), {"advisor_batch_id": "6f4f4e9e-3b1a-4a5c-9f4e-0123456789ab", "advisor_sent_at": str(NOW + 60)}),
    ],
)
async def test_both_ways_come_to_the_same(door: Door, database: Gated, data: bytes, headers: dict[str, str]) -> None:
    long, short = await call(door, data, **headers), await call_short(door, data, **headers)
    assert short is not None
    long.headers.pop(b"connection", None)  # closed where a body may still be on its way
    assert (short.status, short.headers, short.body) == (long.status, long.headers, long.body)
    first, second = database.batches if short.status == 200 else (None, None)
    assert first == second


@pytest.mark.parametrize("token", [None, "wrong", "other"])
async def test_strangers_go_the_long_way_and_nothing_has_happened(
    door: Door, database: Gated, token: str | None
) -> None:
    assert await call_short(door, body(GOOD), token=token) is None
    assert database.batches == []
    assert not door._desk.courtesy.has_others(samples.NOBODY)


async def test_other_addresses_are_told_what_to_set(door: Door) -> None:
    answer = await call_short(door, path="/v1/traces")
    assert answer is not None
    assert answer.status == 404
    assert "OTEL_TRACES_EXPORTER" in answer.json["message"]


async def test_a_header_that_is_there_twice_is_refused(door: Door) -> None:
    twice = [*raw_headers(), (b"authorization", b"Bearer good")]
    told: list[Answer] = []
    pending = door.short_way.take(Request("POST", "/v1/metrics", twice), b"{}", told.append)
    assert pending is not None
    await asyncio.wait([pending])
    await asyncio.sleep(0)
    assert [one.status for one in told] == [400]


async def test_a_large_body_is_read_in_a_thread(door: Door, readers: set[str]) -> None:
    large = body(resource(PROCESS, gauge(ELU, *[number(0.5, at=NOW - i) for i in range(2000)])))
    answer = await call_short(door, large)
    assert answer is not None
    assert answer.status == 200
    assert threading.main_thread().name not in readers


async def test_what_is_read_in_steps_is_taken_too(door: Door, database: Gated) -> None:
    odd = [resource({**PROCESS, "service.instance.id": f"i-{n}"}, gauge(ELU, number("NaN"))) for n in range(5)]
    answer = await call_short(door, body(*odd))
    assert answer is not None
    assert answer.partial == (await call(door, body(*odd))).partial != ""
    assert len(database.batches) == 2


async def test_a_token_over_its_rate_waits(database: Gated) -> None:
    door = database.door(requests_per_second=0.001)
    assert (await call(door)).status == 200
    answer = await call_short(door)
    assert answer is not None
    assert (answer.status, len(database.batches)) == (429, 1)
    assert int(answer.headers[b"retry-after"]) > 100
    await asyncio.to_thread(door.stop)


async def test_it_is_answered_in_time_whatever_hangs(door: Door, database: Gated) -> None:
    database.gate.clear()
    door._desk.seconds = 0.01
    answer = await call_short(door, body(GOOD))
    assert answer is not None
    assert (answer.status, answer.headers[b"retry-after"]) == (503, b"2")
    assert answer.json["message"] == "The database does not answer in time. Send it again."


async def test_a_server_that_ends_says_so(door: Door, database: Gated) -> None:
    database.gate.clear()
    told: list[Answer] = []
    pending = door.short_way.take(Request("POST", "/v1/metrics", raw_headers()), body(GOOD), told.append)
    assert pending is not None
    pending.cancel()
    await asyncio.wait([pending])
    await asyncio.sleep(0)
    assert [(one.status, b"The server ends" in one.body) for one in told] == [(503, True)]


async def test_failures_are_503_and_logged(door: Door, database: Gated, caplog: pytest.LogCaptureFixture) -> None:
    database.error = ZeroDivisionError()
    answer = await call_short(door, body(GOOD))
    assert answer is not None
    assert (answer.status, "ZeroDivisionError" in caplog.text) == (503, True)
    database.error = None
    caplog.clear()
    door._desk.now = lambda: 1 / 0
    answer = await call_short(door, body(GOOD))
    assert answer is not None
    assert (answer.status, "ZeroDivisionError" in caplog.text) == (503, True)


async def test_what_the_writer_does_not_take_is_told_and_counted(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUESTS_AT_ONCE", 0)
    counted: list[tuple[int, int]] = []
    monkeypatch.setattr(door._refusals, "count", lambda token, refusal: counted.append((token, refusal.status)))
    answer = await call_short(door, body(GOOD))
    assert answer is not None
    assert answer.body == (await call(door, body(GOOD))).body
    assert unavailable("Too many requests at once.").message.encode() in answer.body
    assert counted == [(1, 503), (1, 503)]


async def test_the_bodies_of_a_token_are_read_one_after_another(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    names = iter("abc")

    def steps(*given: object) -> Steps[Pivoted]:
        name = next(names)
        for step in range(3):
            told.append(f"{name}{step}")
            yield
        return Pivoted()

    monkeypatch.setattr(Reader, "steps", steps)
    answers = await asyncio.gather(*(call_short(door) for _ in range(2)))
    assert [one and one.status for one in answers] == [200, 200]
    assert told == ["a0", "a1", "a2", "b0", "b1", "b2"]


async def test_what_ends_before_it_begins_leaves_its_room(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def steps(*given: object) -> Steps[Pivoted]:
        yield
        return Pivoted()

    free = door._desk.room.free
    monkeypatch.setattr(Reader, "steps", steps)
    told: list[Answer] = []
    pending = door.short_way.take(Request("POST", "/v1/metrics", raw_headers()), body(GOOD), told.append)
    assert pending is not None
    assert door._desk.room.free < free
    pending.cancel()
    await asyncio.wait([pending])
    await asyncio.sleep(0)
    assert (door._desk.room.free, [one.status for one in told]) == (free, [503])


async def test_large_bodies_do_not_stay_while_they_wait(door: Door, database: Gated) -> None:
    database.gate.clear()
    large = body(resource(PROCESS, gauge(ELU, *[number(0.5, at=NOW - i) for i in range(2000)])))
    waiting = asyncio.ensure_future(call_short(door, gzip.compress(large), **GZIP))
    while not door._desk.writer._waiting:
        await asyncio.sleep(0)
    assert door._desk.room.free == limits.BODIES_BYTES
    database.gate.set()
    answer = await waiting
    assert answer is not None
    assert answer.status == 200


async def test_whatever_fails_while_it_is_answered_it_is(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door._desk, "answer", lambda request, outcome: 1 / 0)
    answer = await call_short(door, body(GOOD))
    assert answer is not None
    assert answer.status == 503


async def test_others_know_that_somebody_is_served(door: Door, database: Gated) -> None:
    database.gate.clear()
    waiting = asyncio.ensure_future(call_short(door, body(GOOD)))
    await asyncio.sleep(0)
    assert door._desk.courtesy.has_others(2)
    database.gate.set()
    await waiting
    assert not door._desk.courtesy.has_others(2)
