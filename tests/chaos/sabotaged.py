"""The product with a promise broken on purpose, to see that it is found out: `CHAOS_SABOTAGE` says which."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from advisor.ingest.answers import Receipt
from advisor.ingest.app import application
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.pivot import Pivoted
from advisor.ingest.reader import Reader
from advisor.ingest.steps import Steps
from advisor.ingest.writer import Writer
from advisor.store import insert, samples, streams, write
from advisor.store.meeting import Meeting

__all__ = ["application"]


def _answer_before_commit() -> None:
    """Each batch is acknowledged when it is put into the queue."""
    enter = Writer.enter

    def early(self: Writer, batch: Batch) -> asyncio.Future[Outcome]:
        enter(self, batch)
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        answer.set_result(Receipt())
        return answer

    Writer.enter = early  # type: ignore[method-assign]


def _forget_what_was_stored() -> None:
    """Ids of batches are new each time, and what is stored is written over with itself added."""
    samples.remember_batches = lambda batches: set(batches)
    streams._increase = lambda last, point: streams.Increase(point.value, 1.0)
    insert.meet = lambda table, records, stored: Meeting(changed=list(records), known=list(stored.values()))  # type: ignore[attr-defined]


def _mark_nothing() -> None:
    """No minute is marked for its rollup: it is computed once at most, from what had come by then."""
    write.mark = lambda changed: None  # type: ignore[attr-defined]


def _read_with(broken: Callable[[bytes, Callable[[], Steps[Pivoted]]], Steps[Pivoted]]) -> None:
    """Each body is read by this, which is also given what reads it as it should be."""
    steps = Reader.steps
    Reader.steps = lambda self, *given: broken(given[1], lambda: steps(self, *given))  # type: ignore[method-assign]


def _fail_now_and_then() -> None:
    """Reading fails at a body that says `NaN`."""
    _read_with(lambda body, read: read() if b"NaN" not in body else 1 / 0)  # type: ignore[arg-type, return-value]


def _take_long_now_and_then() -> None:
    """Reading takes half a second where a body says `NaN`."""

    def slowly(body: bytes, read: Callable[[], Steps[Pivoted]]) -> Steps[Pivoted]:
        if b"NaN" in body:
            time.sleep(0.5)
        return read()

    _read_with(slowly)


def _reject_silently() -> None:
    """Points that are left out are told to nobody."""

    def silently(body: bytes, read: Callable[[], Steps[Pivoted]]) -> Steps[Pivoted]:
        return replace((yield from read()), rejected=Counter())

    _read_with(silently)


_SABOTAGES: dict[str, Callable[[], None]] = {
    "answer_before_commit": _answer_before_commit,
    "forget": _forget_what_was_stored,
    "no_rollup": _mark_nothing,
    "fail_now_and_then": _fail_now_and_then,
    "take_long_now_and_then": _take_long_now_and_then,
    "reject_silently": _reject_silently,
}
_SABOTAGES[os.environ["CHAOS_SABOTAGE"]]()
