"""What the writer does after a group, when nobody waits for it any more."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

import pytest

from advisor.fleet.models import Token
from advisor.ingest import writer as writer_module
from advisor.ingest.answers import Receipt
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.pivot import Pivoted
from advisor.ingest.turns import LONGEST
from advisor.ingest.writer import Writer


def batch(token: int = 1) -> Batch:
    return Batch(Pivoted(points=1), Token(pk=token), None, 0.0)


def store(batches: Sequence[Batch]) -> list[Outcome]:
    return [Receipt() for _ in batches]


async def test_nobody_waits_for_it() -> None:
    gate = threading.Event()

    def afterwards() -> bool:
        gate.wait(30)
        return False

    writer = Writer(store, 1000, 30, afterwards)
    assert await writer.submit(batch()) == Receipt()
    assert not gate.is_set()
    gate.set()
    await asyncio.to_thread(writer.stop)


class Course:
    """What comes after what: groups, and two pieces of what else there is to do, each of which waits for a word."""

    def __init__(self) -> None:
        self.in_piece, self.go_on = threading.Semaphore(0), threading.Semaphore(0)
        self.told = list[str]()
        self._more = iter([True, False])

    def afterwards(self) -> bool:
        self.told.append("piece")
        self.in_piece.release()
        assert self.go_on.acquire(timeout=30)
        return next(self._more, False)

    def commit(self, batches: Sequence[Batch]) -> list[Outcome]:
        self.told.append("group")
        return store(batches)


async def test_it_comes_in_pieces_and_who_sent_little_comes_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "_TIDY_SECONDS", 3600.0)
    course = Course()
    writer = Writer(course.commit, 1000, 30, course.afterwards)
    await writer.submit(batch())
    assert await asyncio.to_thread(course.in_piece.acquire, timeout=30)
    waiting = asyncio.ensure_future(writer.submit(batch(token=2)))
    await asyncio.sleep(0)
    course.go_on.release()
    assert await waiting == Receipt()
    assert await asyncio.to_thread(course.in_piece.acquire, timeout=30)
    assert course.told == ["group", "piece", "group", "piece"]
    course.go_on.release()
    await asyncio.to_thread(writer.stop)


async def test_who_sent_much_waits_for_all_of_it() -> None:
    course = Course()
    writer = Writer(
        course.commit,
        1000,
        30,
        course.afterwards,
        due=lambda token: time.monotonic() - LONGEST / 2 if token == 2 else 0.0,
    )
    await writer.submit(batch())
    assert await asyncio.to_thread(course.in_piece.acquire, timeout=30)
    waiting = asyncio.ensure_future(writer.submit(batch(token=2)))
    await asyncio.sleep(0)
    for _ in range(3):
        course.go_on.release()
    assert await waiting == Receipt()
    assert course.told[:3] == ["group", "piece", "piece"]
    await asyncio.to_thread(writer.stop)


async def test_a_piece_comes_now_and_then_whoever_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "_TIDY_SECONDS", 0.0)
    in_commit, go_on, told = threading.Semaphore(0), threading.Event(), list[str]()

    def afterwards() -> bool:
        told.append("piece")
        return len(told) < 3

    def commit(batches: Sequence[Batch]) -> list[Outcome]:
        told.append("group")
        in_commit.release()
        assert go_on.wait(30)
        return store(batches)

    writer = Writer(commit, 1000, 30, afterwards)
    first = asyncio.ensure_future(writer.submit(batch()))
    assert await asyncio.to_thread(in_commit.acquire, timeout=30)
    second = asyncio.ensure_future(writer.submit(batch(token=2)))
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(first, second)
    assert told[:4] == ["group", "piece", "piece", "group"]
    await asyncio.to_thread(writer.stop)
