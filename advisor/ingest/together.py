"""An export of which each resource is as nearly all are, told by the scanner side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TYPE_CHECKING

import numpy as np

from advisor.ingest import limits
from advisor.ingest.answers import Receipt
from advisor.ingest.assembly import Beyond, host_of, process_of
from advisor.ingest.crowd import Crowd, Members
from advisor.ingest.figures import merged
from advisor.ingest.readings import Report
from advisor.ingest.totals import Resolved
from advisor.store import samples
from advisor.store.bundles import Bundle, form
from advisor.store.part_names import Owner
from advisor.store.rows import PartRow, Rows
from advisor.vocabulary import Entity, PartKind, columns_of

if TYPE_CHECKING:
    from advisor.ingest._scan import Plain, Row, Snapshot


@dataclass(slots=True)
class Together:
    """What an export says, and who says it.

    Attributes:
        plain: as the scanner told it.
        crowd: its resources.
        clock_offset: server clock minus that of the machine that all of them are on, seconds.
    """

    plain: Plain
    crowd: Crowd
    clock_offset: float

    def fits(self, received: float, kept: float) -> bool:
        """Whether all moments are kept, and all rows of a process are of one that is named."""
        now = received - self.clock_offset
        latest, earliest = int((now + limits.FUTURE_SECONDS) * 1e6), int((now - kept) * 1e6)
        if self.plain.latest and not earliest <= self.plain.earliest <= self.plain.latest <= latest:
            return False
        names = self.crowd.names_process
        return self.crowd.is_named and all(names[of] or not row[0][0].of_process for of, *_, row in self.plain.parts)

    def apart(self) -> list[Report]:
        """A report for each resource."""
        told, points = self._snapshots(), np.frombuffer(self.plain.counts, "<u4").tolist()
        return [
            Report.of(said, self.clock_offset, told.get(place), points[place])
            for place, said in enumerate(self.crowd.said)
        ]

    def _snapshots(self) -> dict[int, Snapshot]:
        """Of each resource that has rows, those of it."""
        found: dict[int, Snapshot] = {}
        processes = _rows(Entity.PROCESS, self.plain.processes, self.plain.wholes)
        hosts = _rows(Entity.HOST, self.plain.hosts, repeat(None))
        parts = ((of, time_us, longest, row) for of, time_us, longest, _, _, row in self.plain.parts)
        for of, time_us, longest, row in chain(processes, hosts, parts):
            found[of] = (*found[of], row) if of in found else (time_us, longest, row)
        return found


def _rows(
    entity: Entity, records: bytes, wholes: Iterable[bytes | list[bytes] | None]
) -> Iterator[tuple[int, int, float, Row]]:
    """Rows as the scanner tells them of a resource, each after the place of that, its time and its longest span."""
    bits, rows = -(-len(columns_of(entity)) // 8), np.frombuffer(records, form(entity))
    for record, whole in zip(rows, wholes, strict=False):
        own = float(record["own"])
        increases = record["bits"].tobytes()[:bits] if own else b""
        row = entity is Entity.HOST, own, own, record["values"].tobytes(), increases, whole
        yield int(record["owner"]), int(record["time"]), float(record["longest"]), row


@dataclass(slots=True)
class Brought:
    """Such an export whose senders are known, its token, and the receipt of its request."""

    together: Together
    members: Members
    receipt: Receipt
    token_id: int

    def names(self) -> Iterator[samples.Use]:
        """The names of parts that it speaks of."""
        for of, *_, ((kind, name), *_) in self.together.plain.parts:
            if owner := self._owner(of, kind):
                yield samples.Use(owner, self.token_id, [(kind, name)])

    def is_plain(self, beyond: Beyond) -> bool:
        """Whether each row is to be stored as it was told: none is to be looked into, left out, or of nobody."""
        if not self.members.are_plain:
            return False
        return all(
            (owner := self._owner(of, place[0])) is not None and (owner, place) not in beyond
            for of, *_, (place, *_) in self.together.plain.parts
        )

    def resolved(self) -> Iterator[Resolved]:
        """Each of its reports for itself."""
        for report, identity in zip(self.together.apart(), self.members.identities, strict=True):
            yield Resolved(report, identity, self.receipt, self.token_id)

    def add(self, rows: Rows, teller: int) -> None:
        """Add the rows as they were told."""
        plain, offset = self.together.plain, self.together.clock_offset
        if plain.processes:
            wholes = [whole if type(whole) is bytes else merged(whole) for whole in plain.wholes]
            rows.bundles.append(Bundle(Entity.PROCESS, plain.processes, self.members.processes, offset, wholes, teller))
        if plain.hosts:
            rows.bundles.append(Bundle(Entity.HOST, plain.hosts, self.members.hosts, offset, (), teller))
        for of, time_us, _, process, host, ((kind, name), span, _, values, _, whole) in plain.parts:
            ids, beside = self._owner(of, kind) or (0, 0), process if kind.of_process else host
            row = PartRow(
                *ids, time_us, span or beside, offset, kind, name, {}, merged(whole), packed=values, teller=teller
            )
            rows.parts.append(row)

    def _owner(self, of: int, kind: PartKind) -> Owner | None:
        identity = self.members.identities[of]
        return process_of(identity) if kind.of_process else host_of(identity)


def divided(brought: Sequence[Brought], beyond: Beyond) -> tuple[list[Brought], list[Resolved]]:
    """Those that are stored as they were told, and the reports of the others."""
    plain, others = list[Brought](), list[Resolved]()
    for one in brought:
        if one.is_plain(beyond):
            plain.append(one)
        else:
            others += one.resolved()
    return plain, others
