"""Read from a replica

## When it fits
Reading is what keeps the datastore busy: {writing:.0%} or less of its sessions are held up by writing. Reads that may
be a few seconds old, such as lists, searches and reports, are then answered by a copy of the data.

## When it does not
Where writing is the limit: a replica writes everything that the primary writes. Where a replica is already more than
{lag:.3g} s behind: another one would be as late. Where less than {reads:.0%} of the sessions read. Where one statement
takes {one:.0%} of the time or more an index comes first, also where the cache misses much. A service that waits for its
pool, or computes, gains nothing.

## How
A second PostgreSQL follows the log of the first. The service keeps two pools, one for writes and for reads that must
see them, one for the others.

## What it costs
A machine of the same size, the same disk again, and reads that are a moment old.

## How to verify
Active sessions of the primary fall by what reads it no longer gets, and requests become quicker at the same load.

## References
- [PostgreSQL: standby servers](https://www.postgresql.org/docs/current/warm-standby.html)
- [PostgreSQL: pg_basebackup](https://www.postgresql.org/docs/current/app-pgbasebackup.html)
- [Amazon RDS: read replicas](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Strategy, stores
from advisor.diagnosis.recipes import replication
from advisor.diagnosis.vetoes import deciding
from advisor.diagnosis.words import counted, duration, number, percent
from advisor.features import Snapshot
from advisor.features.datastores import Datastore
from advisor.features.statements import Statement, statements
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.CLONING,
    name="A replica to read from",
    effort="days",
    risk="medium: reads may be a moment old",
    writing=Limit(0.3, "1", "with more, replicas repeat what the primary is short of (decision model C14)"),
    lag=Limit(10.0, "s", "decision model C14: reads may use a replica that is less than 10 s behind"),
    one=Limit(0.3, "1", "decision model C14: an index for the top statement comes first from there on"),
    indexed=Limit(0.7, "1", "what is left of the confidence where one statement may be mended instead"),
    least=Limit(0.3, "1", "share of reads that may be old from which it pays (decision model C14)"),
    hits=Limit(0.99, "1", "decision model C14: a cache that answers less is short of memory, or an index is missing"),
    reads=Limit(0.3, "1", "judgement: of fewer that read, too few move to a replica for anybody to feel it"),
    kept=Limit(4, "h", "of log for a replica that is away: time to act, as for a disk that fills (C12)"),
    most=Limit(0.8, "1", "judgement: one read of five at least follows an own write"),
    calm=Limit(0.6, "{session}", "active sessions for each core that a server is given (decision model C13)"),
)

READING = "datastore-read-bound"
WINDOW = 300.0  # seconds in which that rule looks


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """See that it is reading that can move, and that a replica keeps up."""
    if ruling.rule == "datastore-write-bound":
        return strategy.reject(f"A replica writes all that the primary writes ({deciding(snapshot, ruling)}).")
    if ruling.rule == "downstream-bound":
        return strategy.reject(f"No datastore that reads too much is found behind it ({deciding(snapshot, ruling)}).")
    if ruling.rule != READING:
        return strategy.reject(f"No datastore is short here ({deciding(snapshot, ruling)}).")
    used = stores.used(snapshot, ruling, WINDOW)
    telling = (one for one in used if one.name.startswith("postgresql ") and one.load >= 0)
    store = next(telling, None)  # the one that the rule looks at
    if store is None:
        return strategy.reject(f"Of {counted(len(used), 'datastore')} none is a PostgreSQL that tells its sessions.")
    refusal = _refusal(store)
    return strategy.reject(refusal) if refusal else _option(snapshot, ruling, store)


def _refusal(store: Datastore) -> str:
    if store.write_share > strategy.writing:
        return (
            f"Writing holds up {percent(store.write_share)} of the sessions of {store.name}, more than "
            f"{percent(strategy.writing)}: a replica writes all of it again."
        )
    if store.lag >= strategy.lag:
        most = duration(strategy.lag)
        return (
            f"The slowest replica is {duration(store.lag)} behind; reads may use one that is less than {most} behind."
        )
    if not store.read_share >= strategy.reads:
        return (
            f"Of {number(store.active)} active sessions of {store.name} {percent(_reads(store))} read, less than "
            f"{percent(strategy.reads)}: a replica would take over too little."
        )
    return ""


def _option(snapshot: Snapshot, ruling: Ruling, store: Datastore) -> Option:
    found = statements(snapshot, store.name, WINDOW)
    top = found[0] if found and found[0].share >= strategy.one else None
    address, _, port = store.name.partition(" ")[2].partition(" ")
    least, most = _count(store, strategy.least), _count(store, strategy.most)
    return strategy.option(
        f"Let reads of {store.name} go to {_range(least, most, 'replica')}",
        why=(
            f"{number(store.active)} sessions are active on {number(store.cores)} cores, and {percent(_reads(store))} "
            f"of them read.{_first(store, top)}"
        ),
        confidence=ruling.reading.confidence * (strategy.indexed if top else 1.0),
        cost=f"{_range(least, most, 'machine')} as large as the primary, with its disk: begin with one, then measure",
        expected=(_expected(store),),
        steps=replication.steps(store.machine or address, port or "5432", strategy.lag, _kept(store)),
        check_first=(
            f"Check that at least {percent(strategy.least)} of the reads may be some seconds old, that they do not "
            "follow an own write, and that none of them decides about money, stock or access."
        ),
    )  # fmt: skip


def _first(store: Datastore, top: Statement | None) -> str:
    """What should be looked at before a machine is bought, with a space before it."""
    if top is None:
        return ""
    cold = f" Its cache misses {percent(1 - store.hit_ratio)} of look-ups, as it does where an index is missing."
    return (
        f" One statement takes {percent(top.share)} of the time: tune it first, for an index may make a replica "
        f"needless.{cold if store.hit_ratio < strategy.hits else ''}"
    )


def _reads(store: Datastore) -> float:
    return 0.0 if math.isnan(store.read_share) else store.read_share


def _count(store: Datastore, may_be_old: float) -> int:
    """Servers of the primary's size for this share of its reads."""
    return max(1, math.ceil(store.load * _reads(store) * may_be_old / strategy.calm))


def _range(least: int, most: int, thing: str) -> str:
    return counted(most, thing) if least == most else f"{least:,} to {counted(most, thing)}"


def _kept(store: Datastore) -> float:
    """Bytes of log that the primary writes while a replica is away."""
    return strategy.kept * 3600 * store.wal if store.wal > 0 else 0.0


def _expected(store: Datastore) -> Expectation:
    """C14 of the decision model: what is left is writing, and the reads that must be new."""
    reads = _reads(store)
    low, high = (store.active * (1 - reads * share) for share in (strategy.most, strategy.least))
    return Expectation("db_active", "Active sessions of the primary", "{session}", store.active, low, high)
