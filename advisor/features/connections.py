"""How many connections the pools of a service may open to a datastore, beside what its server accepts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from advisor.features import stats
from advisor.features.machine import Machine
from advisor.features.process import Process
from advisor.features.snapshot import Snapshot
from advisor.features.store_memory import is_here, is_local, may_mean
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
        pools: names of the pools that lead to it.
    """

    server: str
    capacity: float
    others: float
    each: float
    own: float
    pools: frozenset[str]

    @property
    def taken(self) -> float:
        """How full the server is now; 1 is full."""
        return (self.others + self.own) / self.capacity

    def share(self, processes: int) -> float:
        """How full the server is if so many processes open all that they may; 1 is full."""
        return (self.others + self.each * processes) / self.capacity


@dataclass(frozen=True, slots=True)
class _Server:
    """One that an agent tells of, with the machine of the agent."""

    machine: Machine
    part: PartWindow

    def is_of(self, server: str, home: str) -> bool:
        """True if it is the one of this system, address and port on this machine."""
        return server_of(self.part.name) == server and may_mean(self.part.name, self.machine, home)

    def is_named(self, pool: str, process: Process) -> bool:
        """True if a pool of this process leads here by its address."""
        if key_of(pool) != key_of(self.part.name):
            return False
        address = address_of(pool)
        if not is_here(self.part.name, self.machine):
            return address == address_of(self.part.name)
        near = process.instance.host_id == self.machine.id
        return address == self.machine.name or (near and is_here(f"{key_of(pool)[0]} {address}", self.machine))


def to_datastores(snapshot: Snapshot, seconds: float) -> tuple[Connections, ...]:
    """Each server that tells its capacity and that pools of the service lead to, fullest first.

    A pool and a server belong together by system, port and address. An address may be another on another host: a pool
    whose address is that of no server counts for each of its system and port to which no pool of its process leads
    by its address, and for each of them where one leads to all. So two servers under other names than their agents have
    are each taken to hold the connections of both.
    """
    servers = _servers(snapshot)
    found = (_of(snapshot, one, servers, seconds) for one in servers)
    known = [one for one in found if one is not None]
    return tuple(sorted(known, key=lambda one: -one.share(len(snapshot.processes))))


def name_of(snapshot: Snapshot, server: str, home: str) -> str:
    """The name of a pool or call of the service that leads to a server (system, address and port) on a machine.

    One with its address, else one with the address of no server; empty where there is none, or where it may as well be
    that of another server.
    """
    servers, kinds = _servers(snapshot), (PartKind.POOL, PartKind.DATABASE)
    found = [(one.is_of(server, home), one.is_named(part.name, process), part.name) for one in servers
             for process in snapshot.processes for part in _leading(process, one, servers, *kinds)]  # fmt: skip
    own = [name for is_its, is_named, name in found if is_its and is_named]
    elsewhere = {name for is_its, _, name in found if not is_its}
    names = own or [name for is_its, _, name in found if is_its and name not in elsewhere]
    return names[0] if own or len({address_of(name) for name in names}) == 1 else ""


def _servers(snapshot: Snapshot) -> tuple[_Server, ...]:
    told = [_Server(machine, part) for machine in snapshot.machines
            for part in machine.host.of_kind(PartKind.DATASTORE)]  # fmt: skip
    return tuple({identity(one.part.name, one.machine): one for one in told}.values())


def identity(name: str, machine: Machine) -> tuple[str, int]:
    """Two agents may tell of the same server, but the loopback of each machine is its own."""
    return server_of(name), machine.id if is_local(name) else 0


def _of(snapshot: Snapshot, server: _Server, servers: tuple[_Server, ...], seconds: float) -> Connections | None:
    track, span = server.part.track, server.machine.span(seconds)
    most, reserved, used = (stats.latest(track, name, span) for name in ("capacity", "reserved", "used"))
    pools = [list(_pools(process, server, servers, seconds)) for process in snapshot.processes]
    each = max((sum(most for _, most, _ in pool) for pool in pools), default=0.0)
    capacity = most - (0.0 if math.isnan(reserved) else reserved)
    if not (capacity > 0 and each > 0 and used >= 0):
        return None
    own = sum(open_now for pool in pools for _, _, open_now in pool)
    names = frozenset(name for pool in pools for name, _, _ in pool)
    return Connections(server_of(server.part.name), capacity, max(0.0, used - own), each, own, names)


def _pools(
    process: Process, server: _Server, servers: tuple[_Server, ...], seconds: float
) -> Iterator[tuple[str, float, float]]:
    """The name of each of its pools that leads there, the most that it opens, and what is open now."""
    span = process.span(seconds)
    for part in _leading(process, server, servers, PartKind.POOL):
        most = stats.latest(part.track, "capacity", span)
        levels = [stats.latest(part.track, name, span) for name in ("used", "unused")]
        if most > 0:
            yield part.name, most, sum(level for level in levels if level > 0)


def _leading(process: Process, server: _Server, servers: tuple[_Server, ...], *kinds: PartKind) -> list[PartWindow]:
    """Its pools or calls with the address of a server, and those with the address of none that may lead there."""
    key = key_of(server.part.name)
    alike = [part for part in process.instance.of_kind(*kinds) if key_of(part.name) == key]
    near = [one for one in servers if key_of(one.part.name) == key]
    named = {id(one): [part for part in alike if one.is_named(part.name, process)] for one in near}
    own, is_any_free = named[id(server)], not all(named.values())
    if own and is_any_free:
        return own
    return [*own, *(part for part in alike if not any(one.is_named(part.name, process) for one in near))]


def key_of(name: str) -> tuple[str, str]:
    """System and port, of `postgresql 10.0.0.5 5432 shop` (a server) or `postgresql db:5432/shop` (a pool)."""
    system, _, rest = name.partition(" ")
    place, _, port = rest.replace(":", " ").partition(" ")
    return system, port.replace("/", " ").split(" ")[0] or place


def address_of(name: str) -> str:
    """The address alone, of either name."""
    return name.partition(" ")[2].replace(":", " ").partition(" ")[0]


def server_of(name: str) -> str:
    """System, address and port of a datastore's name, without its database."""
    return " ".join(name.split(" ")[:3])
