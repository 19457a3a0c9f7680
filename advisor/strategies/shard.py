"""Split the data over several servers

## When it fits
One server cannot hold the data or take the writes, however large it is: writing needs more than {full:.0%} of the
{cores:.3g} cores of a large server, or the data fills more than {full:.0%} of the largest volume ({volume:.3g} bytes).

## When it does not
Everywhere else. Shorter transactions, fewer indexes, a faster disk, a larger server and a database for each service
cost days; shards cost months, and each statement without the key asks all of them. For reads a cache and replicas come
first. Servers without state are copied, not split.

## How
Choose a key that at least {keyed:.0%} of the statements name, mostly the tenant or the region. Cut the tables by it on
the server that they are on, then move pieces.

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

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Strategy
from advisor.diagnosis.recipes import partitions
from advisor.diagnosis.vetoes import deciding
from advisor.diagnosis.words import counted, number, percent, size
from advisor.features import Snapshot
from advisor.features.datastores import Datastore, used_by
from advisor.features.volumes import fullest
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.SHARDING,
    name="Data split over servers",
    effort="months",
    risk="high: it changes every statement, and going back is as long a way",
    full=Limit(0.7, "1", "writes that leave too little of the largest affordable primary (decision model C13)"),
    cores=Limit(64, "{cpu}", "judgement: a primary that is sold everywhere; larger ones exist at a price"),
    volume=Limit(16e12, "By", "the largest volume of usual block storage (Amazon EBS gp3 and io1: 16 TiB)"),
    calm=Limit(0.6, "1", "what each server is then filled to at most (decision model C13)"),
    keyed=Limit(0.9, "1", "statements that must name the key (decision model C13)"),
    unsure=Limit(0.5, "1", "what is left of the confidence: whether a key exists is not measured"),
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
    stores = [store for store in used_by(snapshot, WINDOW) if store.active >= 0]
    if not stores:
        return strategy.reject("0 datastores tell their sessions, so nobody knows what one server can take.")
    store = max(stores, key=_writing)
    room = strategy.full * strategy.cores
    if _writing(store) < room:
        return strategy.reject(
            f"Writing keeps {number(_writing(store))} sessions of {store.name} active; one server of "
            f"{number(strategy.cores)} cores takes {number(room)}."
        )
    count = math.ceil(_writing(store) / (strategy.calm * strategy.cores))
    return _option(
        ruling,
        f"Split {store.name} over {counted(count, 'server')}",
        f"Writing keeps {number(_writing(store))} sessions active, more than one server of {number(strategy.cores)} "
        f"cores takes ({number(room)}).",
        count,
        Expectation("db_active", "Active sessions of each server", "{session}", store.active, store.active / count,
                    _with_strays(store.active, count)),
    )  # fmt: skip


def _writing(store: Datastore) -> float:
    return 0.0 if math.isnan(store.write_share) else store.active * store.write_share


def _data(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    volume = fullest(snapshot, WINDOW)
    if volume is None:
        return strategy.reject("0 volumes report their size, so nobody knows whether one server can hold the data.")
    room = strategy.full * strategy.volume
    if volume.used < room:
        return strategy.reject(
            f"{volume.mount} on {volume.machine.name} holds {size(volume.used)}; one volume can hold "
            f"{size(strategy.volume)}."
        )
    count = math.ceil(volume.used / (strategy.calm * strategy.volume))
    return _option(
        ruling,
        f"Split the data of {volume.machine.name} over {counted(count, 'server')}",
        f"{volume.mount} holds {size(volume.used)}, more than {percent(strategy.full)} of the largest volume.",
        count,
        Expectation("disk_used", "Bytes on each server", "By", volume.used, volume.used / count,
                    _with_strays(volume.used, count)),
    )  # fmt: skip


def _with_strays(whole: float, count: int) -> float:
    """C13: `u ((1 - x) / k + x)` for what is left on every server, at the most that the key may leave out."""
    stray = 1.0 - strategy.keyed
    return whole * ((1 - stray) / count + stray)


def _option(ruling: Ruling, title: str, why: str, count: int, expected: Expectation) -> Option:
    return strategy.option(
        title,
        why=f"{why} Everything that is cheaper should be done before.",
        confidence=ruling.reading.confidence * strategy.unsure,
        cost=f"{counted(count, 'server')} with replicas and backups",
        expected=(expected,),
        steps=(*partitions.partitions(max(8, 2 * count)), *partitions.shards(count)),
        check_first=(
            f"Check that at least {percent(strategy.keyed)} of the statements name one key, and that indexes, "
            "transactions, the disk and the size of the server were looked at first."
        ),
    )
