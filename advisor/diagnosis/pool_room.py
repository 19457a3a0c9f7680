"""How large a pool of connections may become: what is wanted, and what its datastore has room for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from advisor.diagnosis.advice import Expectation
from advisor.diagnosis.words import number, percent
from advisor.features import Snapshot
from advisor.features.connections import Connections, key_of, to_datastores
from advisor.features.datastores import used_by
from advisor.features.parts import Pool

IDLE: Final = 0.5
"""Active sessions for each core below which a datastore has room (decision model C7)."""

TAKEN: Final = 0.60
"""The share of a server's connections below which there is room for more (decision model C7)."""

FULL: Final = 0.80
"""The share of a server's connections that all pools together may open at most (decision model 1.5)."""

STEP: Final = 2.0
"""By how much a pool grows in one step at most: a full pool hides demand."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a pool may become.

    Attributes:
        size: connections of each process; today's where it must not grow.
        why_not: a sentence with the number that keeps it from growing; empty where it may.
        left: connections of the server that all pools of the service may open together; NaN where it does not tell.
        is_told: True if its server tells of its load and of its connections.
    """

    size: int
    why_not: str
    left: float
    is_told: bool


def wanted(pool: Pool) -> int:
    """What is at work and waited for, at most twice as much as today."""
    return math.floor(min(math.ceil(pool.wanted - 1e-9), pool.capacity * STEP))


def room(snapshot: Snapshot, pool: Pool, seconds: float) -> Room:
    """The size that this pool may have in each process, by what its server tells."""
    processes = len(snapshot.processes)
    server = next((one for one in to_datastores(snapshot, seconds) if pool.name in one.pools), None)
    load = next((one.load for one in used_by(snapshot, seconds) if _is_of(one.name, pool, server)), math.nan)
    left = FULL * server.capacity - server.others if server else math.nan
    size, why_not = wanted(pool), ""
    if load >= IDLE:
        why_not = f"The datastore has {number(load)} active sessions for each core: more would wait there."
    elif server and server.taken >= TAKEN:
        why_not = f"{percent(server.taken)} of its server's connections are taken."
    elif server:
        size = min(size, math.floor(pool.capacity + left / processes - server.each))
        why_not = _all_open(server, processes) if size <= pool.capacity < wanted(pool) else ""
    return Room(math.floor(pool.capacity) if why_not else size, why_not, left, server is not None and load >= 0)


def _is_of(store: str, pool: Pool, server: Connections | None) -> bool:
    return store == server.server if server else key_of(store) == key_of(pool.name)


def _all_open(server: Connections, processes: int) -> str:
    return f"All pools together may already open {percent(server.share(processes))} of its server's connections."


def expected(pool: Pool, size: int) -> tuple[Expectation, ...]:
    """How busy the pool is with so many connections, and how long requests wait for one."""
    used = Expectation("pool_used", "Connections of the pool at work", "1", min(1.0, pool.utilization),
                       min(1.0, pool.used / size), min(1.0, pool.wanted / size))  # fmt: skip
    if math.isnan(pool.wait):
        return (used,)
    # The same queue before more connections moves as much faster; where demand is hidden, it may stay as it is.
    high = pool.wait * pool.capacity / size if size >= pool.wanted else pool.wait
    return (used, Expectation("pool_wait", "95% wait for a connection at most", "s", pool.wait, 0.0, high))
