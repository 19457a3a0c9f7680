"""One transaction for a group of batches; each learns what became of it only after COMMIT."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from django.db import DataError, Error, IntegrityError, InterfaceError, OperationalError, connection, transaction

from advisor.fleet import registry
from advisor.fleet.memory import Memory
from advisor.fleet.registry import ForeignHost, Identity
from advisor.ingest import limits, newcomers, rejection
from advisor.ingest.answers import Code, Receipt, Refusal, invalid, unavailable
from advisor.ingest.assembly import add_events, rows_of
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.clock import NOTICEABLE_SECONDS
from advisor.ingest.hints import Hints
from advisor.ingest.readings import Report
from advisor.ingest.totals import Resolved, take_in
from advisor.store import outage, samples
from advisor.store.batches import BatchKey
from advisor.store.failpoint import failpoint
from advisor.store.rows import Rows

_LATER: Final = unavailable("Many processes report for the first time. Send it again.")
_REMEMBERED: Final = 20_000

log = logging.getLogger(__name__)


class Committer:
    """Stores groups of batches. One object serves one writer: it remembers the clock of each host."""

    def __init__(self, hints: Hints) -> None:
        self._hints = hints
        self._clocks = Memory[int, float](_REMEMBERED)

    def __call__(self, batches: Sequence[Batch]) -> Sequence[Outcome]:
        """Store a group in one transaction, all but the batches of newcomers beyond `limits.NEWCOMERS`."""
        turns = newcomers.turns(batches)
        outcomes = iter(self._store([batch for batch, has_turn in zip(batches, turns, strict=True) if has_turn]))
        return [next(outcomes) if has_turn else _LATER for has_turn in turns]

    def _store(self, batches: Sequence[Batch]) -> Sequence[Outcome]:
        """Store batches in one transaction.

        Where that fails for another reason than a database that is away, each batch is tried alone, so
        that one that cannot be stored fails its own sender only.
        """
        try:
            return self._commit(batches)
        except (OperationalError, InterfaceError) as error:
            return [self._away(error)] * len(batches)
        except ForeignHost:  # what was made for it must go with the transaction; the others come again at once
            return [self._commit_alone(batch) for batch in batches]
        except Exception:
            log.exception("A group of %d batches failed; trying each alone", len(batches))
            return [self._commit_alone(batch) for batch in batches]

    def _commit_alone(self, batch: Batch) -> Outcome:
        try:
            return self._commit([batch])[0]
        except ForeignHost as error:
            return Refusal(403, Code.PERMISSION_DENIED, str(error))
        except (DataError, IntegrityError, OverflowError) as error:
            log.warning("A batch of token %s cannot be stored: %s", batch.token, error)
            return invalid("The batch holds something that cannot be stored. It was logged.")
        except (OperationalError, InterfaceError) as error:
            return self._away(error)
        except Exception:
            log.exception("A batch of token %s could not be stored", batch.token)
            return unavailable("The batch could not be stored. It was logged.", limits.AWAY_SECONDS)

    def _away(self, error: Error) -> Refusal:
        """What senders are told of a database that refuses work. The next group gets a connection of its own."""
        log.warning("Batches must be sent again: %s", error)
        connection.close()
        return unavailable(outage.explain(error), limits.AWAY_SECONDS)

    def _commit(self, batches: Sequence[Batch]) -> Sequence[Outcome]:
        resolved = list[Resolved]()
        with transaction.atomic():
            new = samples.remember_batches([(batch.token.pk, batch.id) for batch in batches if batch.id is not None])
            outcomes = [self._resolve(batch, new, resolved) for batch in batches]
            take_in(resolved)
            brought = [(one, rows_of(one)) for one in resolved]
            rows = Rows.joined(own for _, own in brought)
            add_events(rows, resolved)
            samples.write(rows)
            for one, own in brought:
                if own.left_out:
                    one.rejected[rejection.TOLD_OTHERWISE] += own.left_out
            _note_left_out(batches, outcomes)
            failpoint("ingest.before_commit")
        services = {row.service_id for row in rows.processes} | {row.service_id for row in rows.events}
        self._hints.add(services, {row.host_id for row in rows.hosts})
        return outcomes

    def _resolve(self, batch: Batch, new: set[BatchKey], resolved: list[Resolved]) -> Receipt:
        """Find out who sends a batch, and add its reports to those that are stored; once, if it is there twice."""
        if batch.id is not None:
            if (batch.token.pk, batch.id) not in new:
                return Receipt(replayed=True)
            new.discard((batch.token.pk, batch.id))
        now = datetime.fromtimestamp(batch.received, UTC)
        reports = batch.pivoted.reports
        identities = [registry.resolve(r.resource, batch.token, now, r.listening, _heard_at(r, now)) for r in reports]
        receipt = Receipt(Counter(batch.pivoted.rejected))
        for report, identity in zip(reports, identities, strict=True):
            self._note_clock(report, identity)
            own = report.copy() if report.running else report  # totals are added to it; this try may fail
            resolved.append(Resolved(own, identity, receipt.rejected))
        return receipt

    def _note_clock(self, report: Report, identity: Identity) -> None:
        """Write a host's offset down where it moved; most hosts never have one."""
        host_id, offset = identity.host_id, report.clock_offset
        known = None if host_id is None else self._clocks.find(host_id)
        if host_id is None or (known is not None and abs(offset - known) <= NOTICEABLE_SECONDS):
            return
        registry.note_clock(host_id, offset)
        transaction.on_commit(lambda: self._clocks.__setitem__(host_id, offset))


def _note_left_out(batches: Sequence[Batch], outcomes: Sequence[Receipt]) -> None:
    counts: Counter[tuple[int, str]] = Counter()
    for batch, receipt in zip(batches, outcomes, strict=True):
        for reason, count in receipt.rejected.items():
            counts[batch.token.pk, reason] += count
    if counts:
        samples.note_left_out(counts, datetime.fromtimestamp(max(batch.received for batch in batches), UTC))


def _heard_at(report: Report, now: datetime) -> datetime | None:
    """When the last event of a report happened, not later than now; None for samples."""
    latest = report.latest_event
    return None if latest is None else min(datetime.fromtimestamp(latest, UTC), now)
