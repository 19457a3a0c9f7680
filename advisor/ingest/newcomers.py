"""Who reports for the first time is found out apart from what is stored, a few at a time, and nobody waits for them."""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from advisor.fleet import caps, registry
from advisor.fleet.registry import Identity
from advisor.ingest import limits
from advisor.ingest.answers import unavailable
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.readings import Report
from advisor.store.relaxed import relaxed

LATER: Final = unavailable("Many processes report for the first time. Send it again.")
"""What has been found out until then is kept, so that the next try goes on where this one ended."""

log = logging.getLogger(__name__)


class Admission:
    """Stores batches of known senders at once, and those of others when it is known who they are.

    To find out who somebody is takes some queries, so that a large fleet that starts again, or a flood of invented
    names, would hold up all others for seconds. It is done in transactions of its own, each a few milliseconds long.
    Between two of them whoever is known is served, and no longer than one of them does a newcomer wait for those. The
    tokens take turns.

    Args:
        store: stores batches in one transaction.
        seconds: how long one transaction goes on to look at newcomers. It looks at one at least.
    """

    def __init__(
        self, store: Callable[[Sequence[Batch]], Sequence[Outcome]], seconds: float = limits.NEWCOMERS_SECONDS
    ) -> None:
        self._store = store
        self._seconds = seconds
        self._newcomers_turn = False
        self._last_turns: dict[int, float] = {}

    def __call__(self, batches: Sequence[Batch]) -> Sequence[Outcome | None]:
        """What became of each batch; of those with None nothing yet, and they are to be handed in again."""
        known = [_is_known(batch) for batch in batches]
        if not any(known) or (self._newcomers_turn and not all(known)):
            self._newcomers_turn = False
            strangers = [batch for batch, is_known in zip(batches, known, strict=True) if not is_known]
            self._meet_some(strangers)
            late = _late(strangers)
            return [LATER if id(batch) in late else None for batch in batches]
        self._newcomers_turn = True
        outcomes = iter(self._store([batch for batch, is_known in zip(batches, known, strict=True) if is_known]))
        return [next(outcomes) if is_known else None for is_known in known]

    def _meet_some(self, batches: Sequence[Batch]) -> None:
        """Find out who some are, in one short transaction; one that cannot be found out is left to what stores it."""
        until, lines = time.monotonic() + self._seconds, self._lines(batches)
        batch = batches[0]
        try:
            with relaxed(), caps.tentative(), transaction.atomic():  # what is stored for them will wait for the disk
                while lines:
                    line = lines.popleft()
                    batch = line[0]
                    _meet(batch, batch.pivoted.reports[batch.known])
                    batch.known += 1  # where this is rolled back, it is looked up by what stores it
                    self._last_turns[batch.token.pk] = time.monotonic()
                    if time.monotonic() >= until:
                        break
                    while line and _is_known(line[0]):
                        line.popleft()
                    if line:
                        lines.append(line)
        except Exception as error:
            log.debug("Left to what stores it: %s", error)
            batch.known = len(batch.pivoted.reports)

    def _lines(self, batches: Sequence[Batch]) -> deque[deque[Batch]]:
        """The batches of each token; the token whose last turn is longest ago comes first."""
        lines: dict[int, deque[Batch]] = {}
        for batch in batches:
            lines.setdefault(batch.token.pk, deque()).append(batch)
        return deque(lines[key] for key in sorted(lines, key=lambda key: self._last_turns.get(key, 0.0)))


def _is_known(batch: Batch) -> bool:
    """Whether all who have something in it are known, and who they are, as far as that is remembered.

    What was found out is not looked at again while there is more to find out; in the end all of it is, since it may
    have changed meanwhile.
    """
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


def _meet(batch: Batch, report: Report) -> None:
    now = datetime.fromtimestamp(batch.received, UTC)
    try:
        registry.resolve(report.resource, batch.token, now, report.listening, report.heard_at(now))
    except registry.Beyond:  # remembered there, and its points are rejected where the rest is stored
        return


def _late(batches: Sequence[Batch]) -> set[int]:
    """Identities of the batches that have waited long enough, or beside too many others."""
    late, waiting, now = set[int](), Counter[int](), time.monotonic()
    for batch in batches:
        is_one_too_many = waiting.total() >= limits.STRANGERS or waiting[batch.token.pk] >= limits.STRANGERS_OF_ONE
        if is_one_too_many or now - batch.since >= limits.STRANGERS_SECONDS:
            late.add(id(batch))
        else:
            waiting[batch.token.pk] += 1
    return late
