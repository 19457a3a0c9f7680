"""Whether the data of a datastore fits the memory of its host, where both are told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from advisor.features import stats
from advisor.features.machine import Machine
from advisor.features.snapshot import Snapshot
from advisor.vocabulary import PartKind

_HERE: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Store:
    """One database on the machine whose agent tells of it.

    Attributes:
        name: system, address, port and database.
        machine: its host.
        size: bytes on disk.
        misses: blocks a second that it asks of the system.
        missing: their share of all blocks that it looks for, 0 to 1.
    """

    name: str
    machine: Machine
    size: float
    misses: float
    missing: float


def local_stores(snapshot: Snapshot, seconds: float) -> tuple[Store, ...]:
    """The databases that lie on machines of the service, the one with most misses first; others tell no memory."""
    found = []
    for machine in snapshot.machines:
        for part in machine.host.of_kind(PartKind.DATASTORE):
            if is_here(part.name, machine):
                span = machine.span(seconds)
                hits, misses = (stats.rate(part.track, column, span) for column in ("hits", "misses"))
                size = stats.latest(part.track, "size", span)
                if size > 0 and hits + misses > 0:
                    found.append(Store(part.name, machine, size, misses, misses / (hits + misses)))
    return tuple(sorted(found, key=lambda store: -store.misses))


def is_here(name: str, machine: Machine) -> bool:
    """True for an address of the machine itself: of the loopback, its own name, or a socket's folder."""
    return is_local(name) or name.split(" ")[1:2] == [machine.name]


def is_local(name: str) -> bool:
    """True for an address that each machine has one of for itself: of the loopback, or a socket's folder."""
    address = next(iter(name.split(" ")[1:2]), "")
    return address in _HERE or address.startswith("/")


def may_mean(name: str, machine: Machine, home: str) -> bool:
    """True if the agent of a machine may mean by this name a server on the machine `home`: its loopback is its own."""
    return machine.name == home or not is_local(name)


def memory_used(machine: Machine, seconds: float) -> tuple[float, float]:
    """Bytes of a machine's memory in use, and all that it has; NaN where nobody tells."""
    limit, available = machine.memory_limit(seconds), machine.memory_available(seconds)
    return (limit - available, limit) if limit > 0 else (math.nan, math.nan)
