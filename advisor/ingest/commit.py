"""One transaction for a group of batches; each learns what became of it only after COMMIT."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, zip_longest
from typing import Final

from django.db import DataError, Error, IntegrityError, InterfaceError, OperationalError, connection, transaction

from advisor.fleet import caps, registry
from advisor.fleet.memory import Memory
from advisor.fleet.registry import ForeignHost
from advisor.ingest import limits, rejection
from advisor.ingest.answers import Away, Code, Receipt, Refusal, away, invalid, unavailable
from advisor.ingest.assembly import Beyond, add_events, add_rows, names_of
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.clock import NOTICEABLE_SECONDS
from advisor.ingest.hints import Hints
from advisor.ingest.together import Brought, divided
from advisor.ingest.totals import Resolved, take_in
from advisor.store import outage, samples
from advisor.store.batches import BatchKey
from advisor.store.failpoint import failpoint
from advisor.store.relaxed import relaxed
from advisor.store.rows import Rows

_OTHER_CONTENT: Final = invalid(
    "Another body was stored under this batch id. Give each body an id of its own, and keep it only to send that again."
)
_REMEMBERED: Final = 20_000
_IGNORED_EVERY: Final = 10.0
"""Seconds between two counts of what is ignored; a process that ends in between loses these counts, and no data."""

log = logging.getLogger(__name__)


class Committer:
    """Stores groups of batches. One object serves one writer: it remembers the clock of each host."""

    def __init__(self, hints: Hints) -> None:
        self._hints = hints
        self._clocks = Memory[int, float](_REMEMBERED)
        self._names, self._streams = samples.PartNames(), samples.Streams()
        self._ignored = Counter[tuple[int, str]]()
        self._told_at = 0.0
        self._now = datetime.fromtimestamp(0, UTC)

    def __call__(self, batches: Sequence[Batch]) -> Sequence[Outcome]:
        """Store a group in one transaction.

        Where that fails for another reason than a database that is away, each batch is tried alone, so
        that one that cannot be stored fails its own sender only.
        """
        try:
            return self._commit(batches)
        except (OperationalError, InterfaceError) as error:
            return [self._away(error)] * len(batches)
        except ForeignHost:  # what was made for it must go with the transaction; the others come again at once
            return self._commit_each(batches)
        except Exception:
            log.exception("A group of %d batches failed; trying each alone", len(batches))
            return self._commit_each(batches)

    def tell_seen(self) -> bool:
        """Write who was seen in the last seconds, a few at a time; whether there are more.

        What fails is written the next time that they are seen.

        Raises:
            Away: the database refuses it.
        """
        try:
            with relaxed():
                return registry.flush_some(self._now)
        except (OperationalError, InterfaceError) as error:
            raise self._away(error) from None
        except Exception:  # whatever it is: the writer goes on
            log.exception("When hosts and processes were seen could not be written")
            connection.close()
            return False

    def _commit_each(self, batches: Sequence[Batch]) -> list[Outcome]:
        for batch in batches:
            batch.senders, batch.members = [], None  # one of them may change who sends the next
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

    def _away(self, error: Error) -> Away:
        """What senders are told of a database that refuses work. The next group gets a connection of its own."""
        log.warning("The database refuses work: %s", error)
        connection.close()
        return away(outage.explain(error))

    def _commit(self, batches: Sequence[Batch]) -> Sequence[Outcome]:
        resolved, brought = list[Resolved](), list[Brought]()
        with caps.tentative(), transaction.atomic():
            known = _Known.of(batches)
            outcomes = [known.answer(batch) or self._take(batch, resolved, brought) for batch in batches]
            self._now = now = datetime.fromtimestamp(max(batch.received for batch in batches), UTC)
            take_in(resolved, self._streams, now)
            uses = chain(map(names_of, resolved), [one.names() for one in brought if one.together.plain.parts])
            beyond = self._names.beyond(chain.from_iterable(uses), now)
            plain, others = divided(brought, beyond)
            resolved += others
            rows = _rows(resolved, plain, beyond)
            samples.write(rows)
            receipts = [*(one.receipt for one in resolved), *(one.receipt for one in plain)]
            for teller, left_out in rows.left_out:
                receipts[teller].rejected[rejection.TOLD_OTHERWISE] += left_out
            self._note_losses(batches, outcomes, now)
            failpoint("ingest.before_commit")
        services = {row.service_id for row in rows.processes} | {row.service_id for row in rows.events}
        hosts = {row.host_id for row in rows.hosts}
        self._hints.add(
            services.union(*(one.members.services for one in plain)),
            hosts.union(*(one.members.with_rows for one in plain)),
        )
        return outcomes

    def _take(self, batch: Batch, resolved: list[Resolved], brought: list[Brought]) -> Receipt:
        """Add what is new to what is stored: a batch whose senders are known as it is, the reports of another."""
        together, members = batch.pivoted.together, batch.members
        if together is None or members is None:
            return self._resolve(batch, resolved)
        receipt = Receipt(ignored=batch.pivoted.ignored, points=batch.pivoted.points)
        registry.note_all(members.identities, batch.token)
        for host_id in members.known_hosts:
            self._note_clock(host_id, together.clock_offset)
        brought.append(Brought(together, members, receipt, batch.token.id))
        return receipt

    def _resolve(self, batch: Batch, resolved: list[Resolved]) -> Receipt:
        """Find out who sends a batch, and add its reports to those that are stored."""
        now = datetime.fromtimestamp(batch.received, UTC)
        said = batch.pivoted
        receipt = Receipt(Counter(said.rejected), ignored=Counter(said.ignored), points=said.points)
        for report, identity in zip_longest(said.reports, batch.senders):
            try:
                if identity is None:
                    identity = registry.resolve(
                        report.resource, batch.token, now, report.listening, report.heard_at(now)
                    )
                else:
                    registry.note(identity, batch.token, not report.events)
            except registry.Beyond as beyond:
                receipt.rejected[rejection.BEYOND[beyond.kind]] += report.points
                continue
            self._note_clock(identity.host_id, report.clock_offset)
            own = report.copy() if report.running else report  # totals are added to it; this try may fail
            resolved.append(Resolved(own, identity, receipt, batch.token.id))
        return receipt

    def _note_clock(self, host_id: int | None, offset: float) -> None:
        """Write a host's offset down where it moved; most hosts never have one."""
        known = None if host_id is None else self._clocks.find(host_id)
        if host_id is None or (known is not None and abs(offset - known) <= NOTICEABLE_SECONDS):
            return
        registry.note_clock(host_id, offset)
        transaction.on_commit(lambda: self._clocks.__setitem__(host_id, offset))

    def _note_losses(self, batches: Sequence[Batch], outcomes: Sequence[Outcome], now: datetime) -> None:
        """Count what is not kept, once also where it comes again.

        What is rejected is counted in this transaction. What is ignored comes with nearly every batch of some senders;
        it is added up and counted from time to time, so that transactions do not wait for each other's counts.
        """
        answers = zip(batches, outcomes, strict=True)
        took = [(batch.token.id, receipt) for batch, receipt in answers if isinstance(receipt, Receipt)]
        counts = _added(Counter(), [(pk, receipt.rejected) for pk, receipt in took])
        ignored = _added(self._ignored.copy(), [(pk, receipt.ignored) for pk, receipt in took if not receipt.replayed])
        if is_due := abs(now.timestamp() - self._told_at) >= _IGNORED_EVERY:
            counts, ignored = counts + ignored, Counter()
        samples.note_left_out(counts, now)

        def keep() -> None:
            self._ignored = ignored
            if is_due:
                self._told_at = now.timestamp()

        transaction.on_commit(keep)


def _rows(resolved: Sequence[Resolved], plain: Sequence[Brought], beyond: Beyond) -> Rows:
    """All that is stored; each row is told by the place of its receipt."""
    rows = Rows()
    for teller, one in enumerate(resolved):
        add_rows(rows, one, beyond, teller)
    for teller, several in enumerate(plain, len(resolved)):
        several.add(rows, teller)
    add_events(rows, resolved)
    return rows


def _added(counts: Counter[tuple[int, str]], more: Sequence[tuple[int, Mapping[str, int]]]) -> Counter[tuple[int, str]]:
    """Counts by token and reason, with more of them."""
    for token_id, found in more:
        for reason, count in found.items():
            counts[token_id, reason] += count
    return counts


@dataclass
class _Known:
    """Which batches of a group are new, and what each id stands for: the first that comes with it."""

    new: set[BatchKey]
    contents: dict[BatchKey, int]

    @classmethod
    def of(cls, batches: Sequence[Batch]) -> _Known:
        """Remember all that have an id, inside the caller's transaction."""
        brought = dict[BatchKey, int]()
        for batch in batches:
            if batch.id is not None:
                brought.setdefault((batch.token.id, batch.id), batch.content)
        new = samples.remember_batches(brought)
        told = {key: brought[key] for key in new}
        return cls(new, told | samples.stored_contents(brought.keys() - new))

    def answer(self, batch: Batch) -> Outcome | None:
        """What a batch that was stored before is answered; None for one that is to be stored, once."""
        if batch.id is None:
            return None
        key = batch.token.id, batch.id
        if key in self.new:
            self.new.discard(key)
            return None
        if self.contents.get(key, batch.content) != batch.content:
            return _OTHER_CONTENT
        points = batch.pivoted.points
        return Receipt(replayed=True, ignored=Counter({rejection.REPLAYED: points}), points=points)
