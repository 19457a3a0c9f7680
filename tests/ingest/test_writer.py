from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from advisor.fleet.models import Token
from advisor.ingest import limits
from advisor.ingest.answers import Receipt, Refusal, invalid
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.pivot import Pivoted
from advisor.ingest.turns import LONGEST
from advisor.ingest.writer import Writer


def batch(points: int = 1, token: int = 1) -> Batch:
    return Batch(Pivoted(points=points), Token(pk=token), None, 0.0)


class Database:
    """A commit that waits until it is let go, and remembers the groups that it was given."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.entered = threading.Semaphore(0)
        self.gate = threading.Event()
        self.error: Exception | None = None

    def commit(self, batches: Sequence[Batch]) -> list[Outcome]:
        self.groups.append(len(batches))
        self.entered.release()
        assert self.gate.wait(30)
        if self.error:
            raise self.error
        return [Receipt() if batch.points < 1000 else invalid("too many") for batch in batches]

    async def is_entered(self) -> None:
        assert await asyncio.to_thread(self.entered.acquire, timeout=30)


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database()
    yield database
    database.gate.set()


async def begin(writer: Writer, database: Database) -> asyncio.Task[Receipt]:
    """A first batch that is being committed, so that the next ones queue up."""
    first = asyncio.ensure_future(writer.submit(batch()))
    await database.is_entered()
    return first


async def test_requests_that_come_meanwhile_share_the_next_commit(database: Database) -> None:
    writer = Writer(database.commit, capacity=1000, seconds=30)
    first = await begin(writer, database)
    others = [asyncio.ensure_future(writer.submit(batch())) for _ in range(50)]
    await asyncio.sleep(0)
    assert not first.done()
    database.gate.set()
    assert await asyncio.gather(first, *others) == [Receipt()] * 51
    assert database.groups == [1, 50]
    await asyncio.to_thread(writer.stop)


async def test_who_is_to_wait_waits_and_no_longer_than_that_or_than_the_end(database: Database) -> None:
    database.gate.set()
    due = {1: time.monotonic() + 3600, 2: 0.0}
    writer = Writer(database.commit, seconds=30, due=lambda token: due[token])
    waiting = [asyncio.ensure_future(writer.submit(batch())) for _ in range(2)]
    await asyncio.sleep(0)
    assert await writer.submit(batch(token=2)) == Receipt()
    due[1] = time.monotonic() + 0.01
    assert await writer.submit(batch(token=2)) == Receipt()  # whoever comes makes the writer look again
    assert await asyncio.gather(*waiting) == [Receipt()] * 2
    due[1] = time.monotonic() + 3600
    last = asyncio.ensure_future(writer.submit(batch()))
    await asyncio.sleep(0)
    await asyncio.to_thread(writer.stop)
    assert await last == Receipt()
    assert (database.groups[0], database.groups[-1], sum(database.groups)) == (1, 1, 5)


async def test_who_sent_little_lately_does_not_wait_for_who_sent_much(database: Database) -> None:
    writer = Writer(
        database.commit, seconds=30, due=lambda token: time.monotonic() - LONGEST / 2 if token == 2 else 0.0
    )
    first = await begin(writer, database)
    others = [asyncio.ensure_future(writer.submit(batch(token=token))) for token in (2, 3, 3)]
    await asyncio.sleep(0)
    database.gate.set()
    assert await asyncio.gather(first, *others) == [Receipt()] * 4
    assert database.groups == [1, 2, 1]
    await asyncio.to_thread(writer.stop)


async def test_nobody_is_answered_before_the_commit(database: Database) -> None:
    writer = Writer(database.commit, capacity=1000, seconds=30)
    first = await begin(writer, database)
    done, _ = await asyncio.wait([first], timeout=0.05)
    assert not done
    database.gate.set()
    assert await first == Receipt()


async def test_each_learns_its_own_outcome(database: Database) -> None:
    database.gate.set()
    writer = Writer(database.commit, capacity=10_000, seconds=30)
    good, bad = await asyncio.gather(writer.submit(batch()), writer.submit(batch(1000)), return_exceptions=True)
    assert good == Receipt()
    assert isinstance(bad, Refusal)
    assert bad.status == 400


async def test_a_full_queue_says_come_back(database: Database) -> None:
    writer = Writer(database.commit, capacity=10, seconds=30)
    first = await begin(writer, database)
    waiting = asyncio.ensure_future(writer.submit(batch(8)))
    await asyncio.sleep(0)
    with pytest.raises(Refusal) as caught:
        await writer.submit(batch(3))
    assert caught.value.status == 503
    assert b"retry-after" in dict(caught.value.headers)
    database.gate.set()
    assert [await first, await waiting] == [Receipt(), Receipt()]
    assert await writer.submit(batch(3)) == Receipt()


async def test_no_more_requests_wait_than_may(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUESTS_AT_ONCE", 2)
    writer = Writer(database.commit, capacity=1000, seconds=30)
    first = await begin(writer, database)
    second = asyncio.ensure_future(writer.submit(batch()))
    await asyncio.sleep(0)
    with pytest.raises(Refusal) as caught:
        await writer.submit(batch())
    assert caught.value.status == 503
    database.gate.set()
    assert [await first, await second] == [Receipt(), Receipt()]
    assert await writer.submit(batch()) == Receipt()


async def test_what_cannot_be_put_into_the_queue_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    def put(*given: object) -> None:
        raise RuntimeError("can't start new thread")

    writer = Writer(lambda batches: [Receipt() for _ in batches])
    with monkeypatch.context() as patched:
        patched.setattr(Writer, "_put", put)
        with pytest.raises(RuntimeError):
            writer.enter(batch())
    await asyncio.sleep(0)
    monkeypatch.setattr(limits, "REQUESTS_AT_ONCE", 1)
    assert await writer.submit(batch()) == Receipt()
    await asyncio.to_thread(writer.stop)


async def test_nobody_waits_behind_a_commit_that_hangs(database: Database) -> None:
    writer = Writer(database.commit, capacity=10, seconds=0.0)
    first = await begin(writer, database)
    for _ in range(3):
        with pytest.raises(Refusal) as caught:
            await writer.submit(batch())
        assert caught.value.status == 503
        assert dict(caught.value.headers)[b"retry-after"] == b"2"
    database.gate.set()
    assert await first == Receipt()
    assert await writer.submit(batch()) == Receipt()
    assert database.groups == [1, 1]


async def test_who_gave_up_is_not_written(database: Database) -> None:
    writer = Writer(database.commit, capacity=100, seconds=30)
    first = await begin(writer, database)
    left = asyncio.ensure_future(writer.submit(batch()))
    await asyncio.sleep(0)
    left.cancel()
    await asyncio.wait([left])
    database.gate.set()
    await first
    await writer.submit(batch())
    assert database.groups == [1, 1]


async def test_an_unexpected_failure_is_a_503_and_the_writer_lives_on(database: Database) -> None:
    database.gate.set()
    database.error = ZeroDivisionError()
    writer = Writer(database.commit, capacity=10, seconds=30)
    with pytest.raises(Refusal) as caught:
        await writer.submit(batch())
    assert caught.value.status == 503
    database.error = None
    assert await writer.submit(batch()) == Receipt()


async def test_stopping_commits_what_waits(database: Database) -> None:
    writer = Writer(database.commit, capacity=10, seconds=30)
    first = await begin(writer, database)
    second = asyncio.ensure_future(writer.submit(batch()))
    await asyncio.sleep(0)
    stopping = asyncio.ensure_future(asyncio.to_thread(writer.stop))
    database.gate.set()
    assert [await first, await second] == [Receipt(), Receipt()]
    await stopping


async def test_stopping_does_not_wait_for_a_commit_that_hangs(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STOP_SECONDS", 0.01)
    writer = Writer(database.commit, capacity=10, seconds=30)
    first = await begin(writer, database)
    await asyncio.to_thread(writer.stop)
    assert not first.done()
    database.gate.set()
    assert await first == Receipt()


async def test_a_large_wait_is_split_into_transactions(database: Database) -> None:
    writer = Writer(database.commit, capacity=200_000, seconds=30)
    first = await begin(writer, database)
    others = [asyncio.ensure_future(writer.submit(batch(999))) for _ in range(60)]
    await asyncio.sleep(0)
    database.gate.set()
    await asyncio.gather(first, *others)
    assert database.groups == [1, 51, 9]
