"""What shorter or fewer calls and statements change: requests, held connections, sessions of a datastore."""

from __future__ import annotations

import math

from advisor.diagnosis.advice import Expectation
from advisor.features import Snapshot, parts
from advisor.features.connections import address_of, key_of
from advisor.features.datastores import Datastore
from advisor.features.parts import Destination, Pool
from advisor.features.statements import Statement


def call_time(snapshot: Snapshot, pool: Pool, seconds: float) -> float:
    """Seconds of a call to the database that a pool leads to, by its address if calls name it; NaN where none is told.

    Otherwise calls to another address on its port are taken to be its own, under another name.
    """
    called = [one for one in parts.destinations(snapshot, seconds) if one.is_database]
    alike = [one for one in called if key_of(one.name) == key_of(pool.name)]
    own = (one for one in alike if address_of(one.name) == address_of(pool.name))
    return next((one.mean for one in (*own, *alike)), math.nan)


def of_hold(snapshot: Snapshot, pool: Pool, seconds: float) -> tuple[Expectation, ...]:
    """A connection is held for as long as its call takes at best."""
    if math.isnan(pool.hold):
        return ()
    call = call_time(snapshot, pool, seconds)
    low = min(pool.hold, call) if call >= 0 else 0.0
    return (Expectation("pool_hold", "A connection is held for", "s", pool.hold, low, pool.hold),)


def saved(calls: float) -> float:
    """The share of the time of calls that is left out at most if all but one run beside it, or become one."""
    return 1 - 1 / calls if calls > 1 else 0.0


def of_calls(snapshot: Snapshot, called: Destination, share: float, seconds: float) -> tuple[Expectation, ...]:
    """The mean request without this share of the time of these calls at best."""
    now = snapshot.latency(seconds).mean
    if not now > 0:
        return ()
    low = now * (1 - min(1.0, called.share) * share)
    return (Expectation("request_time", "Mean time of a request", "s", now, low, now),)


def of_statements(store: Datastore, found: tuple[Statement, ...]) -> tuple[Expectation, ...]:
    """Active sessions without the first statement at best: time of statements is what keeps sessions active."""
    if not (found and store.active >= 0):
        return ()
    low = store.active * (1 - found[0].share)
    return (Expectation("db_active", "Active sessions", "{session}", store.active, low, store.active),)
