"""The product with a promise broken on purpose, to see that the ledger finds it: `CHAOS_SABOTAGE` says which."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from advisor.ingest.answers import Receipt
from advisor.ingest.app import application
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.writer import Writer
from advisor.store import insert, samples, streams, write
from advisor.store.meeting import Meeting

__all__ = ["application"]


def _answer_before_commit() -> None:
    """Each batch is acknowledged when it is put into the queue."""
    enqueue = Writer._enqueue

    def early(self: Writer, batch: Batch) -> asyncio.Future[Outcome]:
        enqueue(self, batch)
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        answer.set_result(Receipt())
        return answer

    Writer._enqueue = early  # type: ignore[method-assign]


def _forget_what_was_stored() -> None:
    """Ids of batches are new each time, and what is stored is written over with itself added."""
    samples.remember_batches = lambda batches: set(batches)
    streams._increase = lambda last, point: streams.Increase(point.value, 1.0)
    insert.meet = lambda table, records, stored: Meeting(changed=list(records), known=list(stored.values()))  # type: ignore[attr-defined]


def _mark_nothing() -> None:
    """No minute is marked for its rollup: it is computed once at most, from what had come by then."""
    write.mark = lambda changed: None  # type: ignore[attr-defined]


_SABOTAGES: dict[str, Callable[[], None]] = {
    "answer_before_commit": _answer_before_commit,
    "forget": _forget_what_was_stored,
    "no_rollup": _mark_nothing,
}
_SABOTAGES[os.environ["CHAOS_SABOTAGE"]]()
