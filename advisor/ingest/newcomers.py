"""Who reports for the first time is found out apart from what is stored, a few at a time, and nobody waits for them."""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from django.db import transaction

from advisor.fleet import caps, registry
from advisor.fleet.registry import Identity
from advisor.fleet.sightings import Sighting
from advisor.ingest import limits, turns
from advisor.ingest.answers import unavailable
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.readings import Report
from advisor.ingest.turns import Turns
from advisor.store.relaxed import relaxed

LATER: Final = unavailable("Many processes report for the first time. Send it again.")
"""What has been found out until then is kept, so that the next try goes on where this one ended."""

log = logging.getLogger(__name__)


class Admission:
    """Stores batches of known senders at once, and those of others when it is known who they are.

    To find out who somebody is takes some queries, so that a large fleet that starts again, or a flood of invented
    names, would hold up all others for seconds. It is done in transactions of its own, each a few milliseconds long.
    Whoever is known comes before them, and between any two; but no newcomer waits for those longer than
    `turns.LONGEST`. The tokens take turns, and each has its share of the time.

    Args:
        store: stores batches in one transaction.
        seconds: how long one transaction goes on to look closely at newcomers who need it. It looks at one at least.
        at_once: most newcomers of one transaction.
        shares: who has to leave the next one to others.
    """

    def __init__(
        self,
        store: Callable[[Sequence[Batch]], Sequence[Outcome]],
        seconds: float = limits.NEWCOMERS_SECONDS,
        at_once: int = limits.NEWCOMERS_AT_ONCE,
        shares: Turns | None = None,
    ) -> None:
        self._store = store
        self._seconds = seconds
        self._at_once = at_once
        self._turns = shares or Turns()
        self._newcomers_turn = False
        self._last_turns: dict[int, float] = {}

    def __call__(self, batches: Sequence[Batch]) -> Sequence[Outcome | None]:
        """What became of each batch; of those with None nothing yet, and they are to be handed in again."""
        strangers = {id(batch): batch for batch in batches if not _is_known(batch)}
        ready = [batch for batch in batches if id(batch) not in strangers]
        if ready and not (self._newcomers_turn and any(map(self._is_overdue, strangers.values()))):
            found = self._serve(ready)
        else:
            self._newcomers_turn = False
            self._meet_some(list(strangers.values()))
            found = dict.fromkeys(_late(strangers.values()), LATER)
        return [found.get(id(batch)) for batch in batches]

    def _is_overdue(self, batch: Batch) -> bool:
        """Whether it has waited for others so long that it comes before them."""
        return time.monotonic() - max(batch.since, self._turns.due(batch.token.id)) > turns.LONGEST

    def _serve(self, batches: Sequence[Batch]) -> dict[int, Outcome]:
        """Store those who are known; what became of each, by the identity of its batch."""
        self._newcomers_turn, began = True, time.monotonic()
        outcomes = self._store(batches)
        self._turns.serve({batch.token.id for batch in batches}, time.monotonic() - began)
        return {id(batch): outcome for batch, outcome in zip(batches, outcomes, strict=True)}

    def _meet_some(self, batches: Sequence[Batch]) -> None:
        """Find out who some are, in one short transaction; one that cannot be found out is left to what stores it."""
        began, some, left, has_looked = time.monotonic(), self._next(batches), set[int](), False
        batch = some[0].batch
        try:
            with relaxed(), caps.tentative(), transaction.atomic():  # what is stored for them will wait for the disk
                for one, is_done in zip(some, registry.welcome([one.sighting for one in some]), strict=True):
                    batch = one.batch
                    if not is_done and has_looked and time.monotonic() - began >= self._seconds:
                        left.add(id(batch))
                    elif not is_done:
                        one.look_closely()
                        has_looked = True
                    if id(batch) not in left:
                        batch.known = one.place + 1  # where this is rolled back, it is looked up by what stores it
        except Exception as error:
            log.debug("Left to what stores it: %s", error)
            batch.known = len(batch.pivoted.reports)
        self._turns.charge({one.batch.token.id for one in some}, time.monotonic() - began)

    def _next(self, batches: Sequence[Batch]) -> list[_Newcomer]:
        """Newcomers of each token in turn; the token whose last turn is longest ago comes first."""
        lines = dict[int, list[Batch]]()
        for batch in batches:
            lines.setdefault(batch.token.id, []).append(batch)
        order = sorted(lines, key=lambda token: self._last_turns.get(token, 0.0))
        waiting = deque(_newcomers(lines[token]) for token in order)
        chosen = dict[Hashable, _Newcomer]()
        while waiting and len(chosen) < self._at_once:
            line = waiting.popleft()
            for one in line:
                chosen.setdefault(one.sighting.key, one)  # many batches of one newcomer bring it once
                self._last_turns[one.batch.token.id] = time.monotonic()
                waiting.append(line)
                break
        return list(chosen.values())


class _Newcomer(NamedTuple):
    """The sender of one report, the `place`-th of its batch, whom nobody knows."""

    batch: Batch
    place: int
    sighting: Sighting

    def look_closely(self) -> None:
        """Find out who it is, whatever that takes."""
        try:
            registry.resolve(*self.sighting)
        except registry.Beyond:  # remembered there, and its points are rejected where the rest is stored
            return


def _newcomers(batches: Sequence[Batch]) -> Iterator[_Newcomer]:
    for batch in batches:
        for place in range(batch.known, len(batch.pivoted.reports)):
            sighting = _sighting(batch, batch.pivoted.reports[place])
            if not registry.is_known(*sighting[:4], sighting.lives):
                yield _Newcomer(batch, place, sighting)


def _sighting(batch: Batch, report: Report) -> Sighting:
    now = datetime.fromtimestamp(batch.received, UTC)
    return Sighting(report.resource, batch.token, now, report.listening, report.heard_at(now))


def _is_known(batch: Batch) -> bool:
    """Whether all who have something in it are known, and who they are, as far as that is remembered.

    What was found out is not looked at again while there is more to find out; in the end all of it is, since it may
    have changed meanwhile.
    """
    together = batch.pivoted.together
    if together is not None:
        batch.members = together.crowd.recall(together.plain.listening, batch.token)
        if batch.members is not None:
            return True
    reports, first, now = batch.pivoted.reports, batch.known, datetime.fromtimestamp(batch.received, UTC)
    senders = list[Identity | None]()
    while batch.known < len(reports):
        report = reports[batch.known]
        senders.append(_recalled(batch, report))
        if senders[-1] is None and not registry.is_known(
            report.resource, batch.token, now, report.listening, not report.events
        ):
            return False
        batch.known += 1
    batch.senders = [_recalled(batch, report) for report in reports] if first else senders
    return True


def _recalled(batch: Batch, report: Report) -> Identity | None:
    return registry.recall(report.resource, batch.token, report.listening, not report.events)


def _late(batches: Iterable[Batch]) -> set[int]:
    """Identities of the batches that have waited long enough, or beside too many others."""
    late, waiting, now = set[int](), Counter[int](), time.monotonic()
    for batch in batches:
        is_one_too_many = waiting.total() >= limits.STRANGERS or waiting[batch.token.id] >= limits.STRANGERS_OF_ONE
        if is_one_too_many or now - batch.since >= limits.STRANGERS_SECONDS:
            late.add(id(batch))
        else:
            waiting[batch.token.id] += 1
    return late
