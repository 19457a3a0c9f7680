"""What the rules about datastores look at alike: which one is judged, what its report lacks, its further figures."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from advisor.diagnosis.finding import Condition, Evidence, Reading, Ruling, at_least, finite
from advisor.features import Snapshot
from advisor.features.datastores import Datastore, used_by
from advisor.features.memo import remembered
from advisor.features.neighbours import Neighbour
from advisor.features.neighbours import on as neighbours_on

LOAD: Final = "db_load"
"""The signal that tells the active sessions for each core."""

_DSN: Final = "Sessions, waits and blocks of {name}: give the agent on its machine a DSN for it"
_CORES: Final = (
    "Cores of the machine of {name}: they are told where a process of this service runs on it as well; elsewhere set "
    'its limit "Cores" for this service'
)
_REQUESTS: Final = "200 requests in 11 minutes: fewer say nothing about latency"


@dataclass(frozen=True, slots=True)
class Judged:
    """The datastore that is judged, seconds within which 95% of requests are answered, and the figures looked at."""

    store: Datastore
    p95: float
    evidence: tuple[Evidence, ...]


def judged(
    snapshot: Snapshot,
    seconds: float,
    busy: float,
    cores: float,
    figures: Callable[[Datastore, float], tuple[Evidence, ...]],
) -> Judged | Reading:
    """The most loaded datastore that tells its sessions, with its `figures`; else what is to be said instead.

    A database program that keeps `busy` cores at work would have to tell them. Without one there is nothing to judge.
    A datastore whose machine tells nothing has so many `cores`, if they are above 0.
    """
    store = _most_loaded(snapshot, seconds, busy, cores)
    if isinstance(store, Reading):
        return store
    p95 = snapshot.p95(seconds)
    evidence, lacking = figures(store, p95), _missing(store, p95)
    if lacking:
        return Reading(Condition.UNKNOWN, evidence=evidence, missing=lacking)
    return Judged(store, p95, evidence)


def used(snapshot: Snapshot, ruling: Ruling, seconds: float) -> list[Datastore]:
    """Its datastores with the cores that the rule took, the most loaded for each core first, unknown loads last."""
    loads = {e.subject: e.value for e in ruling.reading.evidence if e.signal == LOAD and e.value}
    known = [
        _sized(store, store.active / loads[store.name] if store.name in loads else 0.0)
        for store in used_by(snapshot, seconds)
    ]
    return sorted(known, key=_by_load)


def _by_load(store: Datastore) -> float:
    return -store.load if store.load >= 0 else 1.0


def _most_loaded(snapshot: Snapshot, seconds: float, busy: float, cores: float) -> Datastore | Reading:
    known = [_sized(store, cores) for store in used_by(snapshot, seconds)]
    telling = min((store for store in known if store.active >= 0), key=_by_load, default=None)
    if telling is not None:
        return telling
    silent = [store.name for store in known if store.name.startswith("postgresql ")]
    if silent:  # a gap is no proof of quiet
        return Reading(Condition.UNKNOWN, missing=(_DSN.format(name=silent[0]),))
    return _without(snapshot, seconds, busy)


def _sized(store: Datastore, cores: float) -> Datastore:
    return replace(store, cores=cores) if cores > 0 and math.isnan(store.cores) else store


def _without(snapshot: Snapshot, seconds: float, busy: float) -> Reading:
    found = [n for n in _programs(snapshot, seconds) if n.cores >= busy]
    if found:
        cores = tuple(at_least("program_cpu", "Cores that it keeps at work", n.cores, "{cpu}", busy, n.name)
                      for n in found)  # fmt: skip
        return Reading(Condition.UNKNOWN, evidence=cores, missing=(_DSN.format(name=found[0].name),))
    none = at_least("datastores", "Datastores that report sessions here", 0.0, "{datastore}", 1.0, "")
    return Reading(Condition.UNDER, f"{snapshot.name}: 0 datastores that report sessions here", (none,))


@remembered
def _programs(snapshot: Snapshot, seconds: float) -> list[Neighbour]:
    every = [n for machine in snapshot.machines for n in neighbours_on(snapshot, machine, seconds)]
    return [n for n in every if n.is_datastore]


def _missing(store: Datastore, p95: float) -> tuple[str, ...]:
    """What is not known of a datastore and of the service's latency, in words; empty if both are."""
    cores = (_CORES.format(name=store.name),) if math.isnan(store.load) else ()
    return (*cores, *((_REQUESTS,) if math.isnan(p95) else ()))


def told(store: Datastore) -> tuple[Evidence, ...]:
    """Figures of a datastore that explain the others and decide nothing."""
    name = store.name
    return (
        Evidence("db_locked", "Sessions that wait for a lock", finite(store.locked), "{session}", subject=name),
        Evidence("db_held_up", "Sessions that wait for a disk or inside", finite(store.held_up), "{session}",
                 subject=name),
        Evidence("db_wal", "Write-ahead log", finite(store.wal), "By/s", subject=name),
        Evidence("db_missed", "Read from the system", finite(store.missed), "By/s", subject=name),
        Evidence("db_lag", "The slowest replica is behind by", finite(store.lag), "s", subject=name),
        Evidence("db_cpu", "Processors of its machine busy", finite(store.cpu), "1", subject=name),
    )  # fmt: skip
