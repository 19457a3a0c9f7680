"""Split the data over several servers

## When it fits
One server cannot take the writes or hold the data, however large it is: writing keeps {full:.0%} or more of a server of
{cores:.3g} cores or more busy, or the data fill more than {full:.0%} of the largest volume ({volume:.3g} bytes). One
database has nearly all of it, and at least {keyed:.0%} of the calls name one key.

## When it does not
Everywhere else. Shorter transactions, fewer indexes, a faster disk, a larger server and a server for each database cost
days; shards cost months, and each statement without the key asks all of them. Sessions that wait for a lock wait for
each other, not for a server: they would wait on a shard as well. For reads a cache and replicas come first. Servers
without state are copied, not split.

## How
Choose a key that most calls name, mostly the tenant or the region. Cut the tables by it on the server that they are on,
then move pieces.

## What it costs
Months, several servers with their replicas and backups, and joins and transactions that end at the edge of a piece.

## How to verify
Each server has its share of the active sessions, and the share of statements that ask all servers stays small.

## References
- [PostgreSQL: partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html)
- [Citus: choosing a distribution column](https://docs.citusdata.com/en/stable/sharding/data_modeling.html)
- [Azure architecture: sharding pattern](https://learn.microsoft.com/azure/architecture/patterns/sharding)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Strategy, stores
from advisor.diagnosis.recipes import partitions
from advisor.diagnosis.vetoes import deciding
from advisor.diagnosis.words import counted, number, percent, size
from advisor.features import Snapshot
from advisor.features.databases import each
from advisor.features.datastores import Datastore, used_by
from advisor.features.keys import Key, named_most
from advisor.features.statements import statements
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.SHARDING,
    name="Data split over servers",
    effort="months",
    risk="high: it changes every statement, and going back is as long a way",
    full=Limit(0.7, "1", "writes that leave too little of the largest affordable primary (decision model C13)"),
    cores=Limit(64, "{cpu}", "judgement: a primary that is sold everywhere; larger ones exist at a price"),
    volume=Limit(2.0**46, "By", "64 TiB, the largest io2 volume of Amazon EBS"),
    calm=Limit(0.6, "1", "what each server is then filled to at most (decision model C13)"),
    keyed=Limit(0.9, "1", "calls that must name the key (decision model C13)"),
    alone=Limit(0.9, "1", "judgement: with less in its largest database, a server for each database comes first"),
    unsure=Limit(0.5, "1", "what is left of the confidence: texts of statements only hint at a key"),
)

WRITING, DISK = "datastore-write-bound", "disk-filling"
WINDOW = 300.0  # seconds in which those rules look


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Compare the writes with the largest server, or the data with the largest volume."""
    if ruling.rule == WRITING:
        return _writes(snapshot, ruling)
    if ruling.rule == DISK:
        return _data(snapshot, ruling)
    if ruling.rule == "datastore-read-bound":
        return strategy.reject(f"Reads can be cached or answered by replicas first ({deciding(snapshot, ruling)}).")
    return strategy.reject(f"Neither data nor writes are too much for one server ({deciding(snapshot, ruling)}).")


def _writes(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    # The first is the one that the rule looks at.
    store = next((one for one in stores.used(snapshot, ruling, WINDOW) if one.load >= 0), None)
    if store is None:
        return strategy.reject("0 datastores tell their sessions and cores: nobody knows what one server can take.")
    writing = _writing(store)
    if writing < strategy.full * store.cores:
        return strategy.reject(
            f"Without the {number(max(0.0, store.locked))} sessions that wait for locks, writing keeps "
            f"{number(writing)} sessions of {store.name} active; its {number(store.cores)} cores take "
            f"{number(strategy.full * store.cores)}."
        )
    if store.cores < strategy.cores:
        return strategy.reject(
            f"{store.name} has {number(store.cores)} cores: a server of {number(strategy.cores)} comes first."
        )
    key = _key(snapshot, store, "active")
    if isinstance(key, str):
        return strategy.reject(key)
    count = math.ceil(writing / (strategy.calm * store.cores))
    return _option(
        ruling,
        f"Split {store.name} over {counted(count, 'server')}",
        f"Writing keeps {number(writing)} sessions active on {number(store.cores)} cores, more than one server takes "
        f"({number(strategy.full * store.cores)}).",
        count,
        key,
        Expectation("db_active", "Active sessions of each server", "{session}", store.active, store.active / count,
                    _with_strays(store.active, count, key)),
    )  # fmt: skip


def _writing(store: Datastore) -> float:
    """Sessions that writing holds up at the disk or inside the server; locks are no matter of its size."""
    share = store.write_share
    return 0.0 if math.isnan(share) else max(0.0, store.active * share - max(0.0, store.locked))


def _data(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    sizes = [(sum(each(snapshot, store, "size", WINDOW)), store) for store in used_by(snapshot, WINDOW)]
    whole, store = max(sizes, key=lambda one: one[0], default=(0.0, None))
    if store is None or not whole > 0:
        return strategy.reject("0 datastores tell the size of their data: what fills the disk may be something else.")
    if whole < strategy.full * strategy.volume:
        return strategy.reject(
            f"The data of {store.name} are {size(whole)}; one volume can hold {size(strategy.volume)}."
        )
    key = _key(snapshot, store, "size")
    if isinstance(key, str):
        return strategy.reject(key)
    count = math.ceil(whole / (strategy.calm * strategy.volume))
    return _option(
        ruling,
        f"Split the data of {store.name} over {counted(count, 'server')}",
        f"They are {size(whole)}, more than {percent(strategy.full)} of the largest volume.",
        count,
        key,
        Expectation("db_size", "Bytes on each server", "By", whole, whole / count, _with_strays(whole, count, key)),
    )


def _key(snapshot: Snapshot, store: Datastore, column: str) -> Key | str:
    """The key to split by; or what comes first, where it is not this one database, or no key is named enough."""
    spread = each(snapshot, store, column, WINDOW)
    if spread and spread[0] < strategy.alone * sum(spread):
        return (
            f"The largest of {counted(len(spread), 'database')} has {percent(spread[0] / sum(spread))}: a server for "
            "each comes first."
        )
    key = named_most(statements(snapshot, store.name, WINDOW))
    if key is None:
        return f"0 statements that name a key are told of, and {percent(strategy.keyed)} of the calls must name it."
    if key.share < strategy.keyed:
        return (
            f"The key that most calls name, {key.name}, is in {percent(key.share)} of them; with less than "
            f"{percent(strategy.keyed)} too many would ask every server."
        )
    return key


def _with_strays(whole: float, count: int, key: Key) -> float:
    """C13: `u ((1 - x) / k + x)`, where x is what does not name the key and stays with every server."""
    stray = 1.0 - key.share
    return whole * ((1 - stray) / count + stray)


def _option(ruling: Ruling, title: str, why: str, count: int, key: Key, expected: Expectation) -> Option:
    return strategy.option(
        title,
        why=f"{why} {percent(key.share)} of the calls or more name {key.name}. All that is cheaper comes before.",
        confidence=ruling.reading.confidence * strategy.unsure,
        cost=f"{counted(count, 'server')} with replicas and backups",
        expected=(expected,),
        steps=(*partitions.partitions(key.name, count), *partitions.shards(key.name, count)),
        check_first=(
            "Check that indexes, transactions and the disk were looked at first, that old rows cannot be archived, "
            f"and that no one {key.name} alone has a large part of the work: it would fill its server again."
        ),
    )
