from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from advisor.fleet.models import Token
from advisor.ingest.answers import Code, Receipt, Refusal
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.credentials import Credentials
from advisor.ingest.deadline import Deadline
from advisor.ingest.door import Door
from advisor.ingest.pivot import Pivoted
from advisor.ingest.reader import _DECODING, Reader
from advisor.ingest.steps import Steps
from advisor.ingest.writer import Writer
from tests.ingest.client import call, pages
from tests.ingest.exports import PROCESS, body, gauge, number, resource


async def at_once() -> str:
    return "done"


async def test_what_comes_in_time_is_handed_on() -> None:
    assert await Deadline(30.0).keep(at_once()) == "done"


async def test_waits_do_not_add_up() -> None:
    """The second has only what the first left: nothing."""
    deadline, never = Deadline(0.01), asyncio.Event()
    for _ in range(2):
        with pytest.raises(Refusal) as caught:
            await deadline.keep(never.wait())
        assert caught.value.status == 503
        assert b"retry-after" in dict(caught.value.headers)


async def test_a_refusal_passes_as_it_is() -> None:
    async def refuse() -> None:
        raise Refusal(401, Code.UNAUTHENTICATED, "no")

    with pytest.raises(Refusal) as caught:
        await Deadline(30.0).keep(refuse())
    assert caught.value.status == 401


async def test_the_time_of_the_sender_does_not_count() -> None:
    """Without the pause nothing would be left of this deadline."""
    deadline, event = Deadline(0.05), asyncio.Event()
    with deadline.paused():
        await asyncio.sleep(0.06)
    asyncio.get_running_loop().call_soon(event.set)
    assert await deadline.keep(event.wait())


def hanging(token: Token | None, gate: threading.Event) -> Door:
    """A door whose tokens, where none is given, and commits hang."""

    def look_up(raw: str) -> Token | None:
        return token or (Token(pk=1) if gate.wait(30) else None)

    def commit(batches: Sequence[Batch]) -> list[Outcome]:
        gate.wait(30)
        return [Receipt() for _ in batches]

    return Door(pages, Writer(commit, seconds=30.0), Credentials(look_up, is_formed=bool), seconds=0.01)


@pytest.mark.parametrize("token", [None, Token(pk=1, kind=Token.Kind.HOST)], ids=["token", "commit"])
async def test_a_door_answers_in_time_whatever_it_waits_for(token: Token | None) -> None:
    gate = threading.Event()
    door = hanging(token, gate)
    try:
        answer = await call(door, body(resource(PROCESS, gauge("nodejs.eventloop.utilization", number(0.5)))))
    finally:
        gate.set()
        await asyncio.to_thread(door.stop)
    assert answer.status == 503
    assert int(answer.headers[b"retry-after"]) >= 1
    assert token or answer.headers[b"connection"] == b"close"  # its body is still on the way


async def test_a_large_body_waits_for_its_turn_no_longer_than_for_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as may be read at once are, and do not end: those behind them are told to come back."""
    gate, reading = threading.Event(), asyncio.Event()
    loop, waiting = asyncio.get_running_loop(), iter(range(1, _DECODING + 1))

    def sort(*given: object) -> Steps[Pivoted]:
        yield
        if next(waiting) == _DECODING:
            loop.call_soon_threadsafe(reading.set)
        gate.wait(30)
        return Pivoted()

    monkeypatch.setattr(Reader, "steps", sort)
    known = Credentials(lambda raw: Token(pk=1, kind=Token.Kind.HOST), is_formed=bool)
    door = Door(pages, Writer(lambda batches: [Receipt() for _ in batches]), known, seconds=30.0)
    large = b" " * 200_000
    first = [asyncio.ensure_future(call(door, large)) for _ in range(_DECODING)]
    await reading.wait()
    door._desk.seconds = 0.01
    answer = await call(door, large)
    gate.set()
    assert (answer.status, answer.json["message"]) == (503, "Many large bodies come at once. Send it again.")
    assert {one.status for one in await asyncio.gather(*first)} == {200}
    door._desk.seconds, waiting = 30.0, iter([1])
    assert (await call(door, large)).status == 200
    await asyncio.to_thread(door.stop)
