"""The datastores that a service uses, as their agent tells of them: how loaded they are, and what holds them up."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from advisor.features import stats
from advisor.features.connections import identity, key_of
from advisor.features.machine import Machine
from advisor.features.neighbours import on as neighbours_on
from advisor.features.snapshot import Snapshot
from advisor.features.store_memory import is_here
from advisor.features.window import PartWindow
from advisor.vocabulary import PartKind

BLOCK: Final = 8192.0
"""Bytes of a block of PostgreSQL, unless it was built otherwise."""

READS: Final = 10e6
"""Bytes a second that each computing session looks up at least if it reads: scans and joins in memory look up
hundreds of MB, statements that only compute (sorting, hashing passwords, JSON) a few. Judgement; no sharp bound."""

_CLIENTS: Final = (PartKind.DATABASE, PartKind.POOL)


@dataclass(frozen=True, slots=True)
class Datastore:
    """One server with all its databases that are reported. What is not reported is NaN.

    Attributes:
        name: system, address and port.
        machine: the name of its machine; empty where its machine sends nothing.
        cores: cores of its machine; NaN where its machine sends nothing.
        cpu: share of them that is busy, 0 to 1.
        active: sessions that run a statement, those that wait included; mean.
        locked: of these, sessions that wait for a lock.
        held_up: of these, sessions that wait for a disk or for another's work inside the server.
        reading: of those held up, sessions that wait for a read, by what they say they wait for.
        writing: of those held up, sessions that wait for a write.
        wal: bytes of write-ahead log a second.
        looked_up: bytes a second asked of its cache.
        missed: of these, bytes asked of the system, for they were not in its cache.
        hit_ratio: share of its look-ups that its cache answers, 0 to 1.
        lag: seconds that the slowest replica is behind.
        disk: share of time that the busiest disk of its machine is at work, 0 to 1.
        own: share of its machine's busy cores that programs keep busy that keep data, 0 to 1.
        connections: those that are open, to all its databases.
        capacity: connections that it accepts, without those kept for superusers.
        commits: transactions a second that were committed, those that only read included.
        rows_written: rows a second that were inserted, updated or deleted.
    """

    name: str
    machine: str
    cores: float
    cpu: float
    active: float
    locked: float
    held_up: float
    reading: float
    writing: float
    wal: float
    looked_up: float
    missed: float
    hit_ratio: float
    lag: float
    disk: float
    own: float
    connections: float
    capacity: float
    commits: float
    rows_written: float

    @property
    def load(self) -> float:
        """Active sessions for each core (`db_aas`)."""
        return self.active / self.cores if self.cores > 0 else math.nan

    @property
    def write_share(self) -> float:
        """The share of active sessions that writing holds up (`db_wr`), 0 to 1: at least so much of its work writes.

        Who waits for a lock waits for a writer, and who says to wait for a write, of the log for one, for that. Who
        else waits for the disk or inside the server is shared out by bytes: log written beside blocks read. Sessions
        that compute count as reading. Rows are left out: those that it reads are all that it looked at, so a share of
        rows would make writes look small.
        """
        return self._of_active(self.locked + self._held_up(self.writing, self.wal))

    @property
    def read_share(self) -> float:
        """The share of active sessions that read (`db_rd`), 0 to 1, at least.

        Those that wait for blocks read, and those that compute do if they look up `READS` each.
        """
        computing = max(0.0, self.active - self.locked - self.held_up)
        reads = computing if self.looked_up >= READS * computing else 0.0
        return self._of_active(self.fetching + reads)

    @property
    def fetching(self) -> float:
        """Sessions that wait for blocks that its cache lacks."""
        return self._held_up(self.reading, self.missed)

    def _held_up(self, told: float, moved: float) -> float:
        """Those who say what they wait for, and of the others the share of these bytes in all that are waited for."""
        whole = self.wal + self.missed
        silent = self.held_up - stats.known_sum([self.reading, self.writing, 0.0])
        # What is not known stays so: max() keeps its first argument beside NaN.
        return stats.known_sum([told, 0.0]) + max(silent, 0.0) * (moved / whole if whole > 0 else 0.0)

    def _of_active(self, sessions: float) -> float:
        # What is not known stays so: min() keeps its first argument beside NaN.
        return min(sessions / self.active, 1.0) if self.active > 0 else math.nan

    def is_crowded(self, busy: float, own: float) -> bool:
        """True if its machine is at least so busy, and programs that keep data have less than that part of it."""
        return self.cpu >= busy and not self.own >= own


def used_by(snapshot: Snapshot, seconds: float) -> tuple[Datastore, ...]:
    """Those on a machine of the service, and those that its pools or calls lead to; the most loaded first."""
    found: dict[tuple[str, int], dict[str, tuple[Machine, PartWindow]]] = {}
    for machine, part in reported(snapshot):
        told = found.setdefault(identity(part.name, machine), {})
        if part.name not in told or is_here(part.name, machine):  # two agents may tell of the same database
            told[part.name] = machine, part
    stores = [_of(snapshot, name, list(told.values()), seconds) for (name, _), told in found.items()]
    return tuple(sorted(stores, key=lambda one: (-one.active if one.active >= 0 else math.inf, one.name)))


def called(snapshot: Snapshot, seconds: float) -> tuple[Datastore, ...]:
    """Those of them that its pools or calls lead to: another one on its machine may be anybody's."""
    named = set(_called(snapshot))
    return tuple(store for store in used_by(snapshot, seconds) if key_of(store.name) in named)


def reported(snapshot: Snapshot) -> Iterator[tuple[Machine, PartWindow]]:
    """The databases of those stores, each with the machine whose agent tells of it."""
    named = set(_called(snapshot))
    for machine in snapshot.machines:
        for part in machine.host.of_kind(PartKind.DATASTORE):
            if is_here(part.name, machine) or key_of(part.name) in named:
                yield machine, part


def _called(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for process in snapshot.processes:
        yield from (key_of(part.name) for part in process.instance.of_kind(*_CLIENTS))


def _of(snapshot: Snapshot, name: str, told: list[tuple[Machine, PartWindow]], seconds: float) -> Datastore:
    def levels(column: str) -> list[float]:
        return [stats.level(part.track, column, machine.span(seconds)) for machine, part in told]

    def rates(column: str) -> list[float]:
        return [stats.rate(part.track, column, machine.span(seconds)) for machine, part in told]

    home = next((machine for machine, part in told if is_here(part.name, machine)), None)
    hits, misses = stats.known_sum(rates("hits")), stats.known_sum(rates("misses"))
    kept = stats.highest(levels("reserved"))
    return Datastore(
        name=name,
        machine=home.name if home else "",
        cores=home.cores if home else math.nan,
        cpu=home.cpu(seconds) if home else math.nan,
        active=stats.known_sum(levels("active")),
        locked=stats.known_sum(levels("pending")),
        held_up=stats.known_sum([*levels("pending_disk"), *levels("pending_inside")]),
        reading=stats.known_sum(levels("pending_read")),
        writing=stats.known_sum(levels("pending_write")),
        wal=stats.highest(rates("wal")),  # of the whole server, whichever database tells
        looked_up=(hits + misses) * BLOCK,
        missed=misses * BLOCK,
        hit_ratio=hits / (hits + misses) if hits + misses > 0 else math.nan,
        lag=stats.highest([*levels("lag"), *_replicas(name, told, seconds)]),
        disk=_disk(home, seconds) if home else math.nan,
        own=_own(snapshot, home, seconds) if home else math.nan,
        connections=stats.highest(levels("used")),  # of the whole server, as its log
        capacity=stats.highest(levels("capacity")) - (0.0 if math.isnan(kept) else kept),
        commits=stats.known_sum(rates("count")),
        rows_written=stats.known_sum(rates("rows_written")),
    )


def _disk(home: Machine, seconds: float) -> float:
    disks = home.host.of_kind(PartKind.DISK)
    return stats.highest([stats.rate(part.track, "busy", home.span(seconds)) for part in disks])


def _own(snapshot: Snapshot, home: Machine, seconds: float) -> float:
    busy = home.cpu(seconds) * home.cores
    used = stats.known_sum([n.cores for n in neighbours_on(snapshot, home, seconds) if n.is_datastore])
    # What is not known stays so: min() keeps its first argument beside NaN.
    return min(used / busy, 1.0) if busy > 0 else math.nan


def _replicas(name: str, told: list[tuple[Machine, PartWindow]], seconds: float) -> list[float]:
    return [
        stats.level(part.track, "lag", machine.span(seconds))
        for machine in {machine.id: machine for machine, _ in told}.values()
        for part in machine.host.of_kind(PartKind.REPLICA)
        if part.name.startswith(f"{name} ")
    ]
