"""How many connections the pools of a service may open to a datastore, beside what its server accepts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from advisor.features import stats
from advisor.features.process import Process
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span
from advisor.features.window import PartWindow
from advisor.vocabulary import PartKind


@dataclass(frozen=True, slots=True)
class Connections:
    """One datastore server and the service's pools to it.

    Attributes:
        server: system, address and port.
        capacity: connections that it accepts, without those kept for superusers.
        others: connections that are open and not of the service.
        each: the most that one process of the service opens.
        own: connections of the service that are open.
    """

    server: str
    capacity: float
    others: float
    each: float
    own: float

    @property
    def taken(self) -> float:
        """How full the server is now; 1 is full."""
        return (self.others + self.own) / self.capacity

    def share(self, processes: int) -> float:
        """How full the server is if so many processes open all that they may; 1 is full."""
        return (self.others + self.each * processes) / self.capacity


def to_datastores(snapshot: Snapshot, seconds: float) -> tuple[Connections, ...]:
    """Each server that tells its capacity and that pools of the service lead to, fullest first.

    A pool and a server belong together by system and port: the address is another on another host.
    """
    servers = {key_of(part.name): (part, machine.span(seconds)) for machine in snapshot.machines
               for part in machine.host.of_kind(PartKind.DATASTORE)}  # fmt: skip
    found = (_of(snapshot, part, span, seconds) for part, span in servers.values())
    known = [one for one in found if one is not None]
    return tuple(sorted(known, key=lambda one: -one.share(len(snapshot.processes))))


def _of(snapshot: Snapshot, part: PartWindow, span: Span, seconds: float) -> Connections | None:
    most, reserved, used = (stats.latest(part.track, name, span) for name in ("capacity", "reserved", "used"))
    pools = [list(_pools(process, key_of(part.name), seconds)) for process in snapshot.processes]
    each = max((sum(most for most, _ in pool) for pool in pools), default=0.0)
    capacity = most - (0.0 if math.isnan(reserved) else reserved)
    if not (capacity > 0 and each > 0 and used >= 0):
        return None
    own = sum(open_now for pool in pools for _, open_now in pool)
    return Connections(server_of(part.name), capacity, max(0.0, used - own), each, own)


def _pools(process: Process, key: tuple[str, str], seconds: float) -> Iterator[tuple[float, float]]:
    """The most that each of its pools opens there, and what is open now."""
    span = process.span(seconds)
    for part in process.instance.of_kind(PartKind.POOL):
        if key_of(part.name) == key:
            most = stats.latest(part.track, "capacity", span)
            levels = [stats.latest(part.track, name, span) for name in ("used", "unused")]
            if most > 0:
                yield most, sum(level for level in levels if level > 0)


def key_of(name: str) -> tuple[str, str]:
    """System and port, of `postgresql 10.0.0.5 5432 shop` (a server) or `postgresql db:5432/shop` (a pool)."""
    system, _, rest = name.partition(" ")
    place, _, port = rest.replace(":", " ").partition(" ")
    return system, port.replace("/", " ").split(" ")[0] or place


def server_of(name: str) -> str:
    """System, address and port of a datastore's name, without its database."""
    return " ".join(name.split(" ")[:3])
