"""Group commit: what many requests bring while one transaction runs is committed by the next.

An fsync costs the same for one batch as for a hundred. One thread writes, requests wait for their
own batch, and a bounded queue says no before memory does.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from django.conf import settings
from django.db import connections

from advisor.ingest import limits
from advisor.ingest.answers import Away, Receipt, Refusal, away, unavailable
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.queue import FairQueue
from advisor.ingest.turns import LONGEST
from advisor.store import timeouts
from advisor.store.failpoint import failpoint

_GROUP_POINTS: Final = 50_000
"""Most points of one transaction: bounds how long the next group waits."""

_TIDY_SECONDS: Final = 0.1
"""At least so often there is a piece of what else there is to do, whoever waits; some fifty are due in five seconds."""

log = logging.getLogger(__name__)


class _Waiting:
    """A batch in the queue, and who waits for it on which loop."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.loop = asyncio.get_running_loop()
        self.outcome: asyncio.Future[Outcome] = self.loop.create_future()

    def settle(self, outcome: Outcome) -> None:
        """Wake the request, on its own loop."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)


Decided = tuple[_Waiting, Outcome]


def _tell(decided: Iterable[Decided]) -> None:
    """Wake requests from the writer's thread, those of a loop at once; it may be gone by then."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Decided]] = {}
    for one in decided:
        by_loop.setdefault(one[0].loop, []).append(one)
    for loop, some in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, some)
        except RuntimeError:
            log.info("%d batches were decided after their server had stopped", len(some))


def _settle(decided: Iterable[Decided]) -> None:
    for waiting, outcome in decided:
        waiting.settle(outcome)


class Writer:
    """The one thread of a process that writes samples.

    Args:
        commit: stores a group of batches in one transaction and says what became of each, None where it
            is to be handed in again.
        capacity: most points that may wait.
        seconds: a commit that takes longer hangs: nobody else is let into the queue behind it.
        afterwards: what else there is to do after a group, in short pieces while nobody waits who sent little lately,
            and now and then though somebody does. It says whether there is more, or raises `Away`.
        due: when a token may have its next turn, on the monotonic clock. Until then its batches wait, and for as long
            as `turns.LONGEST` longer while others do who are due since then.

    Attributes:
        trouble: why the database refused work; None where it has done some since, or nobody has waited since.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Batch]], Sequence[Outcome | None]],
        capacity: int | None = None,
        seconds: float = limits.ANSWER_SECONDS,
        afterwards: Callable[[], bool] | None = None,
        due: Callable[[int], float] = lambda token: 0.0,
    ) -> None:
        self._commit = commit
        self._afterwards = afterwards
        self._due = due
        self._seconds = seconds
        self._queue = FairQueue[_Waiting](settings.INGEST_QUEUE_POINTS if capacity is None else capacity)
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self.trouble: Away | None = None
        self._waiting = 0
        self._began: float | None = None
        self._tidied = -math.inf

    async def submit(self, batch: Batch) -> Receipt:
        """Wait until the batch is committed; as `enter`.

        Raises:
            Refusal: also where the batch itself is refused.
        """
        outcome = await self.enter(batch)
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    def enter(self, batch: Batch) -> asyncio.Future[Outcome]:
        """Let the batch wait for its commit. Who gives up sets or cancels what is returned.

        Raises:
            Refusal: 503: the queue is full, or the database hangs.

        Who gives up while its batch is being committed sends it again; then it is recognised.
        """
        if self._hangs():
            raise away("The database does not answer.")
        if self._waiting >= limits.REQUESTS_AT_ONCE:
            raise unavailable("Too many requests at once.")
        waiting = _Waiting(batch)
        self._waiting += 1
        waiting.outcome.add_done_callback(self._leave)
        try:
            self._put(waiting)
        except BaseException:  # such as for want of a thread
            waiting.outcome.cancel()
            raise
        return waiting.outcome

    def stop(self) -> None:
        """Commit what waits and end the thread; one whose database hangs is left to the end of the process."""
        with self._news:
            self._stopped = True
            self._news.notify()
        if self._thread is not None:
            self._thread.join(limits.STOP_SECONDS)

    def _leave(self, _: asyncio.Future[Outcome]) -> None:
        self._waiting -= 1

    def _put(self, waiting: _Waiting) -> None:
        with self._news:
            gone = self._queue.put(waiting)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ingest-writer", daemon=True)
                self._thread.start()
            self._news.notify()
        _tell((one, unavailable("Too much is waiting to be stored.", 2)) for one in gone)

    def _hangs(self) -> bool:
        began = self._began
        return began is not None and time.monotonic() - began > self._seconds

    def _run(self) -> None:
        timeouts.shorten()
        try:
            self._write()
        finally:
            connections.close_all()

    def _write(self) -> None:
        while group := self._next_group():
            self._began = time.monotonic()
            outcomes: Sequence[Outcome | None]
            try:
                outcomes = self._commit([waiting.batch for waiting in group])
            except Exception:
                log.exception("%d batches could not be stored; their senders were told to come back", len(group))
                outcomes = [unavailable("The batch could not be stored. It was logged.", 5) for _ in group]
            self._began = None
            self._learn(outcomes)
            failpoint("ingest.after_commit")
            answers = list(zip(group, outcomes, strict=True))
            _tell((waiting, outcome) for waiting, outcome in answers if outcome is not None)
            for waiting in [waiting for waiting, outcome in answers if outcome is None]:
                self._put(waiting)
            self._tidy()

    def _learn(self, outcomes: Sequence[Outcome | None]) -> None:
        """Note what the database said: nothing of itself where nothing came of any batch yet."""
        told = [outcome for outcome in outcomes if isinstance(outcome, Away)]
        if told or any(isinstance(outcome, Receipt) for outcome in outcomes):
            self.trouble = told[0] if told else None

    def _tidy(self) -> None:
        while self._afterwards and not self._stopped and (self._is_overdue() or self._is_quiet()):
            self._began = time.monotonic()  # it may hang as well
            try:
                has_more = self._afterwards()
            except Away as trouble:
                self.trouble, has_more = trouble, False
            self._began, self._tidied = None, time.monotonic()
            if not has_more:
                break

    def _is_overdue(self) -> bool:
        return time.monotonic() >= self._tidied + _TIDY_SECONDS

    def _is_quiet(self) -> bool:
        """Whether nobody waits who sent little lately."""
        now = time.monotonic()
        with self._news:
            return all(self._due(token) + LONGEST > now for token in self._queue.tokens)

    def _next_group(self) -> list[_Waiting]:
        """What waits, without those that gave up; empty once the writer is stopped and nothing is left."""
        with self._news:
            while True:
                group = [one for one in self._take() if not one.outcome.done()]
                if not group and not self._queue:
                    self.trouble = None
                if group or (self._stopped and not self._queue):
                    return group
                self._news.wait(self._until_next())

    def _take(self) -> list[_Waiting]:
        """Those who sent little lately, so that nobody waits for more than that; if there are none, all who are due."""
        now = math.inf if self._stopped else time.monotonic()  # the end keeps nobody waiting
        light = self._queue.take(_GROUP_POINTS, lambda token: self._due(token) + LONGEST <= now)
        return light or self._queue.take(_GROUP_POINTS, lambda token: self._due(token) <= now)

    def _until_next(self) -> float | None:
        """Seconds until somebody who waits may have a turn; None while nobody waits."""
        if not self._queue:
            return None
        return max(0.0, min(map(self._due, self._queue.tokens)) - time.monotonic())
