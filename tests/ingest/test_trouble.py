"""What the database said when it refused work is known to those who wait for it too."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from advisor.fleet.models import Token
from advisor.ingest.answers import Away, Receipt
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.pivot import Pivoted
from advisor.ingest.writer import Writer


def batch() -> Batch:
    return Batch(Pivoted(points=1), Token(pk=1), None, 0.0)


class Troubled:
    """A database that says what is the matter with it, each time that it is let."""

    def __init__(self, *told: Outcome) -> None:
        self.asked, self.gate = threading.Semaphore(0), threading.Semaphore(0)
        self._told = iter(told)

    def commit(self, batches: Sequence[Batch]) -> list[Outcome]:
        self.asked.release()
        assert self.gate.acquire(timeout=30)
        return [next(self._told)] * len(batches)


async def test_what_the_database_said_is_known_while_others_wait_for_it() -> None:
    database = Troubled(held := Away("held"), Receipt(), Receipt(), Receipt())
    writer = Writer(database.commit, seconds=30)
    waiting = [asyncio.ensure_future(writer.submit(batch()))]
    for trouble in (None, held, None):
        await asyncio.to_thread(database.asked.acquire, timeout=30)
        assert writer.trouble is trouble
        waiting.append(asyncio.ensure_future(writer.submit(batch())))
        await asyncio.sleep(0)
        database.gate.release()
    database.gate.release()
    assert await asyncio.gather(*waiting, return_exceptions=True) == [held, Receipt(), Receipt(), Receipt()]
    await asyncio.to_thread(writer.stop)


async def test_nobody_is_told_of_what_was_long_ago() -> None:
    database = Troubled(held := Away("held"))
    database.gate.release()
    writer = Writer(database.commit, seconds=30)
    with pytest.raises(Away) as caught:
        await writer.submit(batch())
    assert caught.value is held
    await asyncio.to_thread(writer.stop)  # so nobody waits
    assert writer.trouble is None


async def test_what_it_says_after_a_group_is_known_to_who_waits_meanwhile() -> None:
    """They have waited as long as that took, and may give up before their own turn is over."""
    told, asked, gate = list[Away | None](), threading.Event(), threading.Event()

    def afterwards() -> bool:
        asked.set()
        assert gate.wait(30)
        raise held

    def commit(batches: Sequence[Batch]) -> list[Outcome]:
        told.append(writer.trouble)
        return [Receipt() for _ in batches]

    held = Away("held")
    writer = Writer(commit, 1000, 30, afterwards)
    assert await writer.submit(batch()) == Receipt()
    await asyncio.to_thread(asked.wait, 30)
    second = asyncio.ensure_future(writer.submit(batch()))
    await asyncio.sleep(0)
    gate.set()
    assert await second == Receipt()
    assert told == [None, held]
    await asyncio.to_thread(writer.stop)
