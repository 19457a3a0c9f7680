"""The caches that a service has already (Redis, Valkey): how often they answer, and whether they are full."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from advisor.features import stats
from advisor.features.datastores import reported
from advisor.features.machine import Machine
from advisor.features.neighbours import on as neighbours_on
from advisor.features.snapshot import Snapshot
from advisor.features.store_memory import is_here
from advisor.features.window import PartWindow
from advisor.vocabulary import PartKind

SYSTEMS: Final = ("redis", "valkey", "memcached")
_PROGRAMS: Final = ("redis-server", "valkey-server")


@dataclass(frozen=True, slots=True)
class Cache:
    """One server. What is not reported is NaN.

    Attributes:
        name: system, address and port.
        lookups: keys looked up a second.
        hit_ratio: share of them that were there, 0 to 1.
        evicted: keys given up for lack of memory, for each look-up.
        busy: share of its one thread that is at work; NaN on another machine, or beside a second server.
    """

    name: str
    lookups: float
    hit_ratio: float
    evicted: float
    busy: float


def own_caches(snapshot: Snapshot, seconds: float) -> tuple[Cache, ...]:
    """Those on a machine of the service, and those that its calls lead to; most look-ups first."""
    found = [_cache(snapshot, machine, part, seconds) for machine, part in reported(snapshot) if is_cache(part.name)]
    return tuple(sorted(found, key=lambda one: (-one.lookups if one.lookups >= 0 else math.inf, one.name)))


def is_cache(name: str) -> bool:
    """True if a datastore or a call of this name is one of a cache."""
    return name.partition(" ")[0] in SYSTEMS


def _cache(snapshot: Snapshot, machine: Machine, part: PartWindow, seconds: float) -> Cache:
    span = machine.span(seconds)
    hits, misses, evicted = (stats.rate(part.track, column, span) for column in ("hits", "misses", "evicted"))
    lookups = hits + misses
    return Cache(
        name=part.name.strip(),
        lookups=lookups,
        hit_ratio=hits / lookups if lookups > 0 else math.nan,
        evicted=evicted / lookups if lookups > 0 else math.nan,
        busy=_busy(snapshot, machine, seconds) if is_here(part.name, machine) else math.nan,
    )


def _busy(snapshot: Snapshot, machine: Machine, seconds: float) -> float:
    """Of the one program of this kind; the agent counts the processes of a program together."""
    servers = [part for part in machine.host.of_kind(PartKind.PROGRAM) if part.name in _PROGRAMS]
    alone = sum(stats.latest(part.track, "active", machine.span(seconds)) for part in servers) == 1
    used = stats.known_sum([n.cores for n in neighbours_on(snapshot, machine, seconds) if n.name in _PROGRAMS])
    return min(1.0, used) if alone else math.nan
