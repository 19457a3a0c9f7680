"""Tune the datastore and the way to it

## When it fits
Requests wait for a connection of a pool, or for calls that are slow or too many; or a datastore is held up by what it
reads or writes. The work itself can become less: an index, one call instead of many, a shorter transaction.

## When it does not
A service that computes, lacks memory or descriptors: no faster datastore helps it. A larger pool does not where the
datastore has {idle:.2g} active sessions for each core or more, where {taken:.0%} of its connections are taken, or where
all pools together could then open more than {full:.0%}: the queue would only move into the datastore. Which server a
pool leads to is told by its address; one that no server is known by is taken to lead to each on its port that has none.

## How
See how long a connection is held and by what. Raise the pool first only where the datastore has room, to what is at
work and waited for, at most {step:.2g} times as large in one step. Look at the plans of the statements that take most
time. Ask once for many rows; make calls that do not need each other side by side; give each call a limit of time, and
leave alone for a while what failed several times in a row. Before the datastore itself, share connections by PgBouncer
where {taken:.0%} of them are open. From {written:.0f} rows written a second on, write in batches what comes one at a
time; there, or where the data do not fit the memory, keep the largest table in pieces, by a key that {keyed:.0%} of the
calls name, or else by month where writing is what holds the datastore up.

## What it costs
An index takes disk and makes writing slower. Each connection takes memory of a PostgreSQL, some MB.

## How to verify
The wait for a connection and the mean time of a request fall at the same load, and active sessions of the datastore
do not rise.

## References
- [PostgreSQL: using EXPLAIN](https://www.postgresql.org/docs/current/using-explain.html)
- [PostgreSQL: plan_cache_mode](https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-PLAN-CACHE-MODE)
- [PostgreSQL wiki: number of database connections](https://wiki.postgresql.org/wiki/Number_Of_Database_Connections)
- [PgBouncer: configuration](https://www.pgbouncer.org/config.html)
- [Node.js: http.Agent](https://nodejs.org/api/http.html#class-httpagent)
"""

from __future__ import annotations

import math

from advisor.diagnosis import (
    Limit,
    Option,
    Rejection,
    Ruling,
    Step,
    Strategy,
    call_effect,
    pool_room,
    store_ladder,
    stores,
    unseen,
)
from advisor.diagnosis.recipes import calling, pooling, postgresql
from advisor.diagnosis.vetoes import deciding
from advisor.diagnosis.words import counted, duration, number, percent
from advisor.features import Snapshot, parts
from advisor.features.parts import Destination, Pool
from advisor.features.statements import Statement, statements
from advisor.features.unseen_queue import UnseenQueue, unseen_queue
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.TUNING,
    name="A tuned datastore",
    effort="hours",
    risk="low: each step is undone by itself; an index is built beside the work",
    used=Limit(0.90, "1", "GitLab's limit for pools of connections, as in downstream-bound"),
    waiting=Limit(1.0, "{request}", "fewer waiting on the mean come and go with every burst, as in downstream-bound"),
    idle=Limit(pool_room.IDLE, "{session}", "active ones a core below which there is room (model C7)", fixed=True),
    taken=Limit(pool_room.TAKEN, "1", "connections taken below which there is room for more (model C7)", fixed=True),
    full=Limit(pool_room.FULL, "1", "what all pools together may open at most (decision model 1.5)", fixed=True),
    written=Limit(store_ladder.MANY, "{row}/s", "writes are many from here on: judgement", fixed=True),
    keyed=Limit(store_ladder.KEYED, "1", "calls that name a key before a table is cut by it (model C13)", fixed=True),
    step=Limit(pool_room.STEP, "1", "a full pool hides demand: judge again after each doubling", fixed=True),
    many=Limit(3.0, "{call}", "one for a list and one for each of its rows makes three from two rows on"),
    shown=Limit(3, "{statement}", "the first few take most of the time; more are not read"),
    longest=Limit(5.0, "1", "durations of exponential spread pass five times their mean in 1 of 150 calls"),
    spread=Limit(3.0, "1", "calls in flight are spread like Poisson: 3 deviations above the mean are passed by 0.1%"),
)

CALLING, READING, WRITING = "downstream-bound", "datastore-read-bound", "datastore-write-bound"
WINDOW = 300.0  # seconds in which those rules look


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Size the pool, shorten the calls or the statements; or say what else is short."""
    if ruling.rule in (READING, WRITING):
        return _store(snapshot, ruling)
    if ruling.rule != CALLING:
        return strategy.reject(f"No datastore is short here ({deciding(snapshot, ruling)}).")
    pool = next((pool for pool in parts.pools(snapshot, WINDOW) if _is_short(pool)), None)
    if pool is not None:
        return _pool(snapshot, ruling, pool)
    called = parts.destinations(snapshot, WINDOW)
    queue = unseen_queue(snapshot, called, WINDOW) if unseen.is_found(ruling) else None
    if queue is not None:
        return _unseen(ruling, queue)
    if not (called and called[0].share > 0 and called[0].calls > 0):
        return strategy.reject("0 calls and 0 full pools of connections are told of: nobody knows what to tune.")
    return _calls(snapshot, ruling, called[0])


def _unseen(ruling: Ruling, queue: UnseenQueue) -> Option:
    return strategy.option(
        unseen.title(queue, ruling),
        why=unseen.why(queue, ruling),
        confidence=ruling.reading.confidence,
        cost="time to look; perhaps more connections to who is called",
        expected=unseen.expected(queue),
        steps=unseen.steps(queue, ruling),
        check_first=unseen.check_first(queue, ruling),
    )


def _is_short(pool: Pool) -> bool:
    return pool.utilization >= strategy.used and pool.wanted - pool.used >= strategy.waiting


def _pool(snapshot: Snapshot, ruling: Ruling, pool: Pool) -> Option:
    room, hold = pool_room.room(snapshot, pool, WINDOW), pool.hold
    grows = room.size > pool.capacity
    held = "" if math.isnan(hold) else f" Each is held for {duration(hold)}{_needed(snapshot, pool)}."
    return strategy.option(
        f"Raise the pool {pool.name} from {number(pool.capacity)} to {room.size} connections in each process" if grows
        else f"Hold each connection of the pool {pool.name} for less time",
        why=(
            f"{number(pool.used)} of {number(pool.capacity)} connections are at work and "
            f"{number(pool.wanted - pool.used)} requests wait for one.{held} {room.why_not}"
        ).strip(),
        confidence=ruling.reading.confidence,
        cost=f"{counted(room.size - round(pool.capacity), 'connection')} more for each process at most" if grows
        else "none but the code",
        expected=pool_room.expected(pool, room.size) if grows else call_effect.of_hold(snapshot, pool, WINDOW),
        steps=(
            *((pooling.larger(_system(pool.name), room.size),) if grows else _shared(snapshot, pool, room)),
            *_statement_steps(pool.name, statements(snapshot, pool.name, WINDOW), postgresql.holding()),
        ),
        check_first=_check_first(snapshot, pool, room),
    )  # fmt: skip


def _system(name: str) -> str:
    return name.partition(" ")[0]


def _shared(snapshot: Snapshot, pool: Pool, room: pool_room.Room) -> tuple[Step, ...]:
    """A PgBouncer with what is left of the server's connections."""
    if not room.left >= 1:
        return ()
    clients = pool_room.wanted(pool) * len(snapshot.processes)
    return store_ladder.bouncer(snapshot, pool.name, min(math.floor(room.left), clients), clients)


def _needed(snapshot: Snapshot, pool: Pool) -> str:
    call = call_effect.call_time(snapshot, pool, WINDOW)
    return f", and a call to it takes {duration(call)}" if call < pool.hold else ""


def _check_first(snapshot: Snapshot, pool: Pool, room: pool_room.Room) -> str:
    processes = counted(len(snapshot.processes), "process")
    if _system(pool.name) == "http":
        return f"Check that who is called can take {room.size} calls at a time from each of {processes}."
    if room.is_told:
        return "Check that each client that is taken from the pool is released, also after an error."
    return (
        f"Compare the new size times {processes} with max_connections of the server and what others open: together at "
        f"most {percent(strategy.full)}. Not all of its load is told here: raise the pool only where it has room."
    )


def _calls(snapshot: Snapshot, ruling: Ruling, called: Destination) -> Option:
    found = statements(snapshot, called.name, WINDOW) if called.is_database else ()
    saved = max(call_effect.saved(called.calls), found[0].share if found else 0.0)
    slower = f", after {duration(called.before)} before" if called.mean > 2 * called.before else ""
    return strategy.option(
        f"Wait less for {called.name}, which takes {percent(min(1.0, called.share))} of the time of requests",
        why=(
            f"A request makes {number(called.calls)} calls to it, which take {duration(called.mean)} each{slower}."
            f"{_told(found)} What is not called, called once for many, or called side by side is not waited for."
        ),
        confidence=ruling.reading.confidence,
        cost="none but the code; an index takes disk",
        expected=call_effect.of_calls(snapshot, called, saved, WINDOW),
        steps=(
            *(calling.fewer(_system(called.name)) if called.calls >= 2 else ()),
            *(_statement_steps(called.name, found, postgresql.reading(), postgresql.holding())
              if called.is_database else _agent(snapshot, called)),
        ),
        check_first="Check that it sees the same time for a call: the rest is the network, or a wait before it.",
    )  # fmt: skip


def _told(found: tuple[Statement, ...]) -> str:
    """What stands out among the statements, each sentence with a space before it."""
    first = [f" {percent(one.share)} of the time of its statements is one statement." for one in found[:1]]
    often = max((one.calls for one in found), default=0.0)
    if often >= strategy.many:
        first.append(f" One statement runs {number(often)} times for each request at most: others may run it as well.")
    return "".join(first)


def _agent(snapshot: Snapshot, called: Destination) -> tuple[Step, ...]:
    flight = called.calls * snapshot.rps(WINDOW) * called.mean / len(snapshot.processes)
    sockets = math.ceil(flight + strategy.spread * math.sqrt(flight))
    limit = 100 * math.ceil(called.mean * strategy.longest * 10 - 1e-9)
    return (
        *calling.agent(sockets, limit),
        *calling.guarded(limit),
        Step(f"{number(flight)} calls are in flight at a time in each process; {sockets} sockets are seldom all at "
             f"work. A call that takes longer than {number(limit)} ms fails instead of keeping its request."),
    )  # fmt: skip


def _store(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    used = stores.used(snapshot, ruling, WINDOW)
    store = next((one for one in used if _system(one.name) == "postgresql"), None)
    if store is None:
        count = counted(len(used), "datastore")
        return strategy.reject(f"Of {count} that the service uses none is a PostgreSQL, whose statements are told.")
    found = statements(snapshot, store.name, WINDOW)
    active = f"{number(store.active)} sessions run a statement at a time." if store.active >= 0 else ""
    own = postgresql.writing() if ruling.rule == WRITING else postgresql.reading()
    return strategy.option(
        f"Shorten what {store.name} is busy with",
        why=(
            f"{active}{_told(found)} What is left out costs nothing: an index, many rows in one statement, a shorter "
            "transaction."
        ),
        confidence=ruling.reading.confidence,
        cost="none but the code; an index takes disk and makes writing slower",
        expected=call_effect.of_statements(store, found),
        steps=(
            *_statement_steps(store.name, found, own, postgresql.holding()),
            *store_ladder.rungs(snapshot, store, WINDOW, writing=ruling.rule == WRITING),
        ),
        check_first="Check that these statements are of this service: they are those of all who use the database.",
    )


def _statement_steps(place: str, found: tuple[Statement, ...], *more: tuple[Step, ...]) -> tuple[Step, ...]:
    if _system(place) == "http":
        return (Step("Give each call a limit of time (signal: AbortSignal.timeout), so that none keeps its place."),)
    if _system(place) != "postgresql":
        return (Step("Look for slow statements in its own log of them, and for what they read without an index."),)
    return (*postgresql.plans(found[: int(strategy.shown)]), *(step for steps in more for step in steps))
