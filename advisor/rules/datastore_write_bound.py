"""Datastore bound by writes

## What it sees
Over five minutes the datastore has {load:.3g} active sessions or more for each core of its machine, writing holds up
{writing:.0%} of them or more (waits for locks, for the disk and inside the server), and 5% of the service's requests
take {slow:.3g} s or longer, for a quarter of an hour.

## Why it matters
Writes all go to one primary. More copies of the service bring more sessions to the same queue, and read replicas write
everything that the primary writes.

## What to do
Cheapest first: shorter transactions and writes in batches, indexes that nobody uses, a pool of connections, a faster
disk; a database for each service, partitions, and shards last.

## Known limits
The share of writing is a lower bound: sessions that compute count as reading. Who waits inside the server may wait for
something else than its log. Only PostgreSQL tells its sessions, and cores are known only where its machine runs the
agent. A vacuum or a checkpoint may look like it for some minutes, which is why it must last.

## References
- [PostgreSQL: wait events](https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE)
- [Amazon RDS: database load](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.ActiveSessions.html)
"""

from __future__ import annotations

import math
from typing import Final

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import duration, number, percent
from advisor.features import Snapshot, stats
from advisor.features.datastores import Datastore, used_by
from advisor.features.neighbours import DATASTORES
from advisor.features.neighbours import on as neighbours_on
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=("requests",),
    suggests=("vertical", "decompose", "cluster", "load-balance", "autoscale"),
    window=300.0,
    hold=900.0,
    clear_hold=300.0,
    place=10,
    explained_by=("host-cpu-saturated", "disk-filling"),
    load=Limit(1.0, "{session}", "a session for each core: more must wait (decision model C13)"),
    light=Limit(0.9, "{session}", "a tenth below it, so that noise does not reopen it"),
    writing=Limit(0.5, "1", "most of what holds its sessions up is then writing (decision model C13)"),
    reading=Limit(0.4, "1", "0.10 below it, as for all ratios"),
    slow=Limit(1.0, "s", "the product's usual limit of latency: 95% of requests within one second"),
    relaxed=Limit(0.8, "s", "a fifth below it, so that noise does not reopen it"),
    critical=Limit(2.0, "s", "the product's usual limit of latency for what cannot wait"),
    in_step=Limit(1.0, "s", "judgement: a replica this little behind keeps up with the writes"),
    behind=Limit(10.0, "s", "decision model C14: reads may use a replica that is less than 10 s behind"),
    busy=Limit(0.5, "{cpu}", "judgement: a database that keeps half a core at work may be what holds a service up"),
)

_DSN: Final = "Sessions, waits and blocks of {name}: give the agent on its machine a DSN for it"
_CORES: Final = "Cores of the machine of {name}: run the agent there"
_REQUESTS: Final = "200 requests in five minutes: fewer say nothing about latency"


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Ask for the most loaded datastore, whether writing holds it up, and whether users notice."""
    told = used_by(snapshot, rule.window)
    stores = [store for store in told if store.active >= 0]
    if not stores:
        silent = [store.name for store in told if store.name.startswith("postgresql ")]
        return _unknown(silent[0]) if silent else _without(snapshot)
    store = max(stores, key=lambda one: one.load if one.load >= 0 else -1.0)
    p95 = snapshot.p95(rule.window)
    evidence = _evidence(store, p95)
    missing = (*((_CORES.format(name=store.name),) if math.isnan(store.load) else ()),
               *((_REQUESTS,) if math.isnan(p95) else ()))  # fmt: skip
    if missing:
        return Reading(Condition.UNKNOWN, evidence=evidence, missing=missing)
    over = store.load >= rule.load and store.write_share >= rule.writing and p95 >= rule.slow
    under = store.load < rule.light or not store.write_share >= rule.reading or p95 < rule.relaxed
    return Reading(
        condition=Condition.OVER if over else Condition.UNDER if under else Condition.BETWEEN,
        claim=(
            f"{snapshot.name}: {store.name} has {number(store.load)} active sessions for each core, writing holds up "
            f"{percent(0.0 if math.isnan(store.write_share) else store.write_share)} of them, and 5% of requests take "
            f"{duration(p95)} or longer"
        ),
        evidence=evidence,
        severity=Severity.CRITICAL if p95 >= rule.critical else Severity.WARNING,
        confidence=_confidence(snapshot, store, p95),
    )


def _unknown(name: str) -> Reading:
    """One that should tell its sessions and did not: a gap is no proof of quiet."""
    return Reading(Condition.UNKNOWN, missing=(_DSN.format(name=name),))


def _without(snapshot: Snapshot) -> Reading:
    """Where no datastore tells its sessions: a busy database program would have to, else there is nothing to say."""
    programs = [n for machine in snapshot.machines for n in neighbours_on(snapshot, machine, rule.window)]
    busy = [n for n in programs if n.name in DATASTORES and n.cores >= rule.busy]
    cores = tuple(Evidence("program_cpu", "Cores that it keeps at work", n.cores, "{cpu}", rule.busy, "at least", True,
                           n.name) for n in busy)  # fmt: skip
    if busy:
        return Reading(Condition.UNKNOWN, evidence=cores, missing=(_DSN.format(name=busy[0].name),))
    none = Evidence(
        "datastores", "Datastores that report sessions here", 0.0, "{datastore}", 1.0, "at least", holds=False
    )
    return Reading(Condition.UNDER, f"{snapshot.name}: 0 datastores that report sessions here", (none,))


def _evidence(store: Datastore, p95: float) -> tuple[Evidence, ...]:
    name = store.name
    return (
        _at_least("db_load", "Active sessions for each core", store.load, "{session}", rule.load, name),
        _at_least("db_writing", "Of these, held up by writing, at least", store.write_share, "1", rule.writing, name),
        _at_least("p95", "95% of requests answered within", p95, "s", rule.slow, ""),
        Evidence("db_locked", "Sessions that wait for a lock", finite(store.locked), "{session}", subject=name),
        Evidence("db_held_up", "Sessions that wait for a disk or inside", finite(store.held_up), "{session}",
                 subject=name),
        Evidence("db_wal", "Write-ahead log", finite(store.wal), "By/s", subject=name),
        Evidence("db_missed", "Read from the system", finite(store.missed), "By/s", subject=name),
        Evidence("db_lag", "The slowest replica is behind by", finite(store.lag), "s", subject=name),
        Evidence("db_cpu", "Processors of its machine busy", finite(store.cpu), "1", subject=name),
    )  # fmt: skip


def _at_least(signal: str, label: str, value: float, unit: str, limit: float, subject: str) -> Evidence:
    holds = None if math.isnan(value) else value >= limit
    return Evidence(signal, label, finite(value), unit, limit, "at least", holds, subject)


def _confidence(snapshot: Snapshot, store: Datastore, p95: float) -> float:
    return confidence(
        required=(stats.ramp(store.load, rule.light, rule.load),
                  stats.ramp(store.write_share, rule.reading, rule.writing),
                  stats.ramp(p95, rule.relaxed, rule.slow)),
        support=(1.0, stats.ramp(store.lag, rule.in_step, rule.behind)) if store.lag >= 0 else (1.0,),
        coverage=snapshot.coverage(rule.window),
    )  # fmt: skip
