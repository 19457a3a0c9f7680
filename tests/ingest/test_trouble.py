"""What the database said when it refused work is known to those who wait for it too."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice

import pytest
from django.db import OperationalError

from advisor.fleet.models import Token
from advisor.ingest.answers import Away, Receipt, away, unavailable
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.credentials import Credentials
from advisor.ingest.door import Door
from advisor.ingest.pivot import Pivoted
from advisor.ingest.writer import Writer
from tests.ingest.client import call, call_short, pages
from tests.ingest.doors import Gated
from tests.ingest.exports import NOW, PROCESS, body, gauge, number, resource

HELD = away("held")
ELU = "nodejs.eventloop.utilization"


def batch(token: int = 1) -> Batch:
    return Batch(Pivoted(points=1), Token(pk=token), None, 0.0)


class Troubled:
    """A database that says what is the matter with it: each time that it is let, the next of these, to all in turn."""

    def __init__(self, *told: Sequence[Outcome | None]) -> None:
        self.asked, self.gate = threading.Semaphore(0), threading.Semaphore(0)
        self._told = iter(told)

    def commit(self, batches: Sequence[Batch]) -> list[Outcome | None]:
        self.asked.release()
        assert self.gate.acquire(timeout=30)
        return list(islice(cycle(next(self._told)), len(batches)))

    async def is_asked(self) -> None:
        assert await asyncio.to_thread(self.asked.acquire, timeout=30)


OK, REFUSED, LATER, NOTHING = [Receipt()], [HELD], [unavailable("Many come.")], [None]


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ([REFUSED, OK], [None, HELD, None]),
        ([REFUSED, NOTHING, LATER, OK], [None, HELD, HELD, HELD, None]),
        ([OK, REFUSED, REFUSED], [None, None, HELD, HELD]),
    ],
)
async def test_what_the_database_said_is_known_while_others_wait_for_it(
    told: Sequence[Sequence[Outcome | None]], known: Sequence[object]
) -> None:
    """Until it has stored something; that some are to wait on says nothing of it."""
    database = Troubled(*told, *[OK] * len(known))
    writer = Writer(database.commit, seconds=30)
    waiting = [asyncio.ensure_future(writer.submit(batch()))]
    for trouble in known:
        await database.is_asked()
        assert writer.trouble is trouble
        waiting.append(asyncio.ensure_future(writer.submit(batch())))
        await asyncio.sleep(0)
        database.gate.release()
    for _ in known:
        database.gate.release()
    await asyncio.gather(*waiting, return_exceptions=True)
    await asyncio.to_thread(writer.stop)


async def test_it_is_known_though_some_of_a_group_were_told_something_else() -> None:
    database = Troubled(OK, [*OK, HELD], OK)
    writer = Writer(database.commit, seconds=30)
    waiting = [asyncio.ensure_future(writer.submit(batch()))]
    for more in (2, 1):
        await database.is_asked()
        waiting += [asyncio.ensure_future(writer.submit(batch())) for _ in range(more)]
        await asyncio.sleep(0)
        database.gate.release()
    await database.is_asked()
    assert writer.trouble is HELD
    database.gate.release()
    assert await asyncio.gather(*waiting, return_exceptions=True) == [*OK, *OK, HELD, *OK]
    await asyncio.to_thread(writer.stop)


async def test_nobody_is_told_of_what_was_long_ago() -> None:
    database = Troubled(REFUSED)
    database.gate.release()
    writer = Writer(database.commit, seconds=30)
    with pytest.raises(Away):
        await writer.submit(batch())
    await asyncio.to_thread(writer.stop)  # so nobody waits
    assert writer.trouble is None


async def test_what_it_says_after_a_group_is_known_to_who_waits_meanwhile() -> None:
    """They have waited as long as that took, and may give up before their own turn is over."""
    known, asked, gate = list[object](), threading.Semaphore(0), threading.Semaphore(0)

    def afterwards() -> bool:
        asked.release()
        assert gate.acquire(timeout=30)
        raise HELD

    def commit(batches: Sequence[Batch]) -> list[Outcome]:
        known.append(writer.trouble)
        return [Receipt() for _ in batches]

    writer = Writer(commit, 1000, 30, afterwards)
    assert await writer.submit(batch()) == Receipt()
    await asyncio.to_thread(asked.acquire, timeout=30)
    second = asyncio.ensure_future(writer.submit(batch()))
    await asyncio.sleep(0)
    gate.release(2)  # once more after the second; were it asked again at once, that would take this
    assert await second == Receipt()
    assert known == [None, HELD]
    await asyncio.to_thread(writer.stop)


async def test_it_is_not_asked_again_at_once() -> None:
    asked = []

    def afterwards() -> bool:
        asked.append(True)
        raise HELD

    writer = Writer(lambda batches: OK * len(batches), 1000, 30, afterwards)
    for _ in range(3):
        assert await writer.submit(batch()) == Receipt()
    await asyncio.to_thread(writer.stop)
    assert 1 <= len(asked) <= 3


async def test_it_is_known_while_somebody_waits_for_a_turn() -> None:
    known, due = list[object](), {1: 0.0, 2: time.monotonic() + 3600}
    told: Iterator[Sequence[Outcome]] = iter([REFUSED, OK, OK])

    def commit(batches: Sequence[Batch]) -> list[Outcome | None]:
        known.append(writer.trouble)
        return [*next(told)]

    writer = Writer(commit, seconds=30, due=lambda token: due[token])
    waiting = asyncio.ensure_future(writer.submit(batch(token=2)))
    await asyncio.sleep(0)
    with pytest.raises(Away):
        await writer.submit(batch())
    assert await writer.submit(batch()) == Receipt()
    assert known == [None, HELD]
    await asyncio.to_thread(writer.stop)
    assert await waiting == Receipt()


ODD = [resource({**PROCESS, "service.instance.id": f"i-{n}"}, gauge(ELU, number("NaN"))) for n in range(5)]
BODIES = {
    "plain": body(resource(PROCESS, gauge(ELU, number(0.5)))),
    "read in steps": body(*ODD),
    "large": body(resource(PROCESS, gauge(ELU, *[number(0.5, at=NOW - i) for i in range(2000)]))),
}


@pytest.mark.parametrize("data", BODIES.values(), ids=BODIES)
async def test_who_gives_up_is_told_what_the_database_told_others(data: bytes) -> None:
    database = Gated()
    door = database.door()
    assert (await call(door)).status == 200  # so its token is known
    database.gate.clear()
    database.entered.clear()
    first = asyncio.ensure_future(call(door, data))
    await asyncio.to_thread(database.entered.wait, 30)
    door._desk.seconds = 0.01
    door._desk.writer.trouble = HELD
    short, long = await call_short(door, data), await call(door, data)
    database.gate.set()
    assert short is not None
    assert [(one.status, one.headers[b"retry-after"]) for one in (short, long)] == [(503, b"2")] * 2
    assert short.json == long.json == {"code": 14, "message": "held"}
    assert (await first).status == 200
    await asyncio.to_thread(door.stop)


async def test_whose_token_cannot_be_checked_learns_why_and_soon_comes_again() -> None:
    def gone(raw: str) -> Token | None:
        raise OperationalError("gone")

    door = Door(pages, Writer(lambda batches: OK), Credentials(gone, is_formed=bool))
    answer = await call(door)
    assert (answer.status, answer.headers[b"retry-after"], answer.headers[b"connection"]) == (503, b"2", b"close")
    assert answer.json["message"] == "Tokens cannot be checked. The database is away."
    await asyncio.to_thread(door.stop)
