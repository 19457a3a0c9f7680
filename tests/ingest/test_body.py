from __future__ import annotations

import asyncio
import gzip
import uuid
import zlib
from collections.abc import MutableMapping
from typing import Any

import pytest

from advisor.ingest import limits
from advisor.ingest.answers import JSON, PROTOBUF, Refusal
from advisor.ingest.body import Disconnected, Receive, answer_type, check_repeated, read_body, read_head
from advisor.ingest.room import Room, Share

PLAIN = {b"content-type": b"application/json"}


def sender(*chunks: bytes, then: str = "") -> tuple[Receive, list[int]]:
    """A receive that hands out the chunks, and the sizes that were asked for."""
    events: list[MutableMapping[str, Any]] = [
        {"type": "http.request", "body": chunk, "more_body": bool(then) or index < len(chunks) - 1}
        for index, chunk in enumerate(chunks)
    ]
    if then:
        events.append({"type": then})
    taken: list[int] = []

    async def receive() -> MutableMapping[str, Any]:
        if not events:
            await asyncio.Event().wait()
        event = events.pop(0)
        taken.append(len(event.get("body", b"")))
        return event

    return receive, taken


def share() -> Share:
    return Room(limits.BODIES_BYTES).share()


def refused(headers: dict[bytes, bytes]) -> int:
    with pytest.raises(Refusal) as caught:
        read_head(headers)
    return caught.value.status


def test_reads_what_the_headers_say() -> None:
    batch = uuid.uuid4()
    head = read_head(
        {
            b"content-type": b"Application/JSON; charset=utf-8",
            b"content-encoding": b"GZIP",
            b"authorization": b"Bearer x",
            b"advisor-batch-id": str(batch).encode(),
            b"advisor-sent-at": b"1795408200.25",
        }
    )
    assert (head.content_type, head.gzip, head.authorization) == (JSON, True, b"Bearer x")
    assert (head.batch_id, head.sent_at) == (batch.hex, 1795408200.25)
    assert read_head(PLAIN).batch_id is None


def test_a_batch_id_may_be_written_as_a_uuid_may() -> None:
    batch = uuid.uuid4()
    for written in (str(batch), str(batch).upper(), batch.hex, batch.urn, f"{{{batch}}}"):
        assert read_head({**PLAIN, b"advisor-batch-id": written.encode()}).batch_id == batch.hex
    for wrong in (str(batch)[:-1], f"{batch}0", "\u0663" * 32):
        assert refused({**PLAIN, b"advisor-batch-id": wrong.encode()}) == 400


@pytest.mark.parametrize("encoding", [b"br", b"zstd", b"deflate", b"gzip, gzip", b"gzip, identity"])
def test_other_encodings_are_refused(encoding: bytes) -> None:
    assert refused({**PLAIN, b"content-encoding": encoding}) == 415


@pytest.mark.parametrize(
    "content_type", [b"text/plain", b"", b"application/x-www-form-urlencoded", b"multipart/form-data"]
)
def test_other_content_types_are_refused(content_type: bytes) -> None:
    assert refused({b"content-type": content_type}) == 415
    assert refused({}) == 415


def test_a_length_that_is_too_long_is_refused_unread() -> None:
    assert refused({**PLAIN, b"content-length": str(limits.WIRE_BYTES + 1).encode()}) == 413
    assert read_head({**PLAIN, b"content-length": str(limits.WIRE_BYTES).encode()}).content_type == JSON


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"advisor-batch-id", b"7"),
        (b"advisor-sent-at", b"now"),
        (b"advisor-sent-at", b"nan"),
        (b"advisor-sent-at", b"-1"),
    ],
)
def test_headers_that_cannot_be_read_are_refused(name: bytes, value: bytes) -> None:
    assert refused({**PLAIN, name: value}) == 400


@pytest.mark.parametrize("name", [b"authorization", b"content-encoding", b"content-type", b"advisor-batch-id"])
def test_two_words_about_one_thing_are_refused(name: bytes) -> None:
    check_repeated([*PLAIN.items(), (b"accept", b"a"), (b"accept", b"b")])
    with pytest.raises(Refusal) as caught:
        check_repeated([(name, b"a"), *PLAIN.items(), (name, b"a")])
    assert caught.value.status == 400
    assert name.decode().title() in caught.value.message


def test_answers_in_the_requests_own_type() -> None:
    assert answer_type({b"content-type": b"application/x-protobuf"}) == PROTOBUF
    assert answer_type({b"content-type": b"text/plain"}) == JSON


async def test_a_chunked_body_is_put_together() -> None:
    receive, _ = sender(b"ab", b"", b"c")
    assert await read_body(receive, gzip=False, share=share()) == (b"abc", None)
    packed = gzip.compress(b"abc")
    receive, _ = sender(packed[:5], packed[5:])
    assert await read_body(receive, gzip=True, share=share()) == (b"abc", zlib.crc32(b"abc"))


async def test_an_endless_body_is_refused_at_the_limit() -> None:
    receive, taken = sender(*[bytes(100_000)] * 100)
    with pytest.raises(Refusal) as caught:
        await read_body(receive, gzip=False, share=share())
    assert caught.value.status == 413
    assert sum(taken) <= limits.WIRE_BYTES + 100_000


async def test_a_body_holds_what_it_inflates_to() -> None:
    room = Room(5_000)
    receive, _ = sender(gzip.compress(bytes(4_000)))
    with room.share() as held:
        await read_body(receive, gzip=True, share=held)
        assert room.free == 1_000
        receive, _ = sender(gzip.compress(bytes(4_000)))
        with pytest.raises(Refusal) as caught, room.share() as other:
            await read_body(receive, gzip=True, share=other)
    assert caught.value.status == 503
    assert room.free == 5_000


async def test_a_body_that_does_not_arrive_is_given_up() -> None:
    receive, _ = sender(b"ab", then="http.request")
    with pytest.raises(Refusal) as caught:
        await read_body(_stalled(receive), gzip=False, share=share(), seconds=0.01)
    assert caught.value.status == 503


def _stalled(receive: Receive) -> Receive:
    async def wait() -> MutableMapping[str, Any]:
        event = await receive()
        if "body" not in event:
            await asyncio.Event().wait()
        return event

    return wait


async def test_a_sender_that_leaves_is_not_answered() -> None:
    receive, _ = sender(b"ab", then="http.disconnect")
    with pytest.raises(Disconnected):
        await read_body(receive, gzip=False, share=share())
