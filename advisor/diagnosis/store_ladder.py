"""What comes between shorter statements and more servers: shared connections, batches, tables in pieces (C13, C14)."""

from __future__ import annotations

import math
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.pool_room import FULL, TAKEN
from advisor.diagnosis.recipes import archiving, batching, partitions, pooling
from advisor.diagnosis.words import number, percent, size
from advisor.features import Snapshot
from advisor.features.connections import name_of
from advisor.features.databases import each
from advisor.features.datastores import Datastore
from advisor.features.keys import Key, named_most
from advisor.features.statements import statements
from advisor.features.store_memory import memory_used

MANY: Final = 100.0
"""Rows written a second from which writes are many: a disk that flushes in 10 ms takes as many commits in turn."""

SMALL: Final = 2.0
"""Rows of a transaction, at most, that are few enough to be put together."""

KEYED: Final = 0.9
"""Share of the calls that must name a key before a table is cut by it (decision model C13)."""

FOR_A_CORE: Final = 2
"""Active connections for each core at which a PostgreSQL does most, with one more for its disk (PostgreSQL wiki)."""


_CUT: Final = "Where that is not enough, keep the largest table in pieces on the same server:"


def rungs(snapshot: Snapshot, store: Datastore, seconds: float, *, writing: bool) -> tuple[Step, ...]:
    """Those that figures of this PostgreSQL speak for, the cheapest first."""
    batches = _batches(store) if writing else ()
    return (*_shared(snapshot, store), *batches, *_pieces(snapshot, store, seconds, writing=writing))


def _shared(snapshot: Snapshot, store: Datastore) -> tuple[Step, ...]:
    """A PgBouncer where sessions are many, with as many connections as the cores can use."""
    if not (store.connections >= TAKEN * store.capacity and store.cores > 0):
        return ()
    most = min(FOR_A_CORE * store.cores + 1, FULL * store.capacity)
    room = max(1, math.floor(most))
    steps = bouncer(snapshot, _place(snapshot, store), room, math.ceil(store.connections))
    told = Step(
        f"{number(store.connections)} of the {number(store.capacity)} connections that {store.name} accepts are open, "
        f"and its {number(store.cores)} cores work at about {room} at a time."
    )
    return (told, *steps) if steps else ()


def bouncer(snapshot: Snapshot, place: str, size: int, clients: int) -> tuple[Step, ...]:
    """A PgBouncer with so many connections to this place, that the processes of the service share as its clients."""
    hosts = len({process.instance.host_id for process in snapshot.processes})
    # Twice the clients: while a release goes on, old and new processes are connected.
    return pooling.bouncer(pooling.Bouncer(place, size, 2 * clients, hosts))


def _place(snapshot: Snapshot, store: Datastore) -> str:
    """Where the service finds it, by the name that its clients use; else where its agent does."""
    return name_of(snapshot, store.name, store.machine) or store.name


def _batches(store: Datastore) -> tuple[Step, ...]:
    if not (store.rows_written >= MANY and store.rows_written <= SMALL * store.commits):
        return ()
    told = f"It writes {number(store.rows_written)} rows a second in {number(store.commits)} transactions at most."
    return (Step(f"{told} Each commit waits for the log: fewer and larger ones wait less."), *batching.batched())


def _pieces(snapshot: Snapshot, store: Datastore, seconds: float, *, writing: bool) -> tuple[Step, ...]:
    """Tables in pieces where writes are many or the data do not fit the memory: by a key, or for writing by time."""
    why = _large(snapshot, store, seconds)
    if writing and store.rows_written >= MANY:
        why = f"{number(store.rows_written)} rows are written a second"
    if not why:
        return ()
    key = named_most(statements(snapshot, store.name, seconds))
    if key is not None and key.share >= KEYED:
        return (_by_key(why, key), *partitions.partitions(key.name, 1))
    return (_by_month(why, key), *archiving.by_month()) if writing else ()


def _by_key(why: str, key: Key) -> Step:
    return Step(f"{_CUT} {why}, and {percent(key.share)} of the calls or more name {key.name}. Each piece has smaller "
                "indexes and is vacuumed by itself; what names the key looks into one of them.")  # fmt: skip


def _by_month(why: str, key: Key | None) -> Step:
    few = "0 statements that name a key are told of"
    if key is not None:
        few = f"the key that most calls name, {key.name}, is in {percent(key.share)} of them, not in {percent(KEYED)}"
    return Step(f"{_CUT} {why}, and {few}. By month, the rows of today stay in one piece, and those of a new month "
                "have small indexes, which stay in memory. No primary key holds over all pieces, and reads that do "
                "not name the column of time look into every piece.")  # fmt: skip


def _large(snapshot: Snapshot, store: Datastore, seconds: float) -> str:
    data = sum(each(snapshot, store, "size", seconds))
    home = next((machine for machine in snapshot.machines if machine.name == store.machine), None)
    memory = memory_used(home, seconds)[1] if home else math.nan
    return f"{size(data)} of data do not fit {size(memory)} of memory" if data > memory else ""
