"""Datastore bound by writes

## What it sees
Over five minutes the datastore has {load:.3g} active sessions or more for each core of its machine, writing holds up
{writing:.0%} of them or more (waits for locks, for the disk and inside the server), and 5% of the service's requests
take {slow:.3g} s or longer, for a quarter of an hour.

## Why it matters
Writes all go to one primary. More copies of the service bring more sessions to the same queue, read replicas write
all that the primary writes, and a cache answers reads only.

## What to do
Cheapest first: shorter transactions, indexes that nobody uses, connections that are shared, writes in batches, the
largest table in pieces; a faster disk or more cores; a server for each database where several share one; shards last.

## Known limits
The share of writing is a lower bound: sessions that compute count as reading. Who waits inside the server without
saying whether to read or to write is shared out by bytes, and may wait for something else. Only PostgreSQL tells its
sessions. For one that runs elsewhere, such as a managed one, set how many processors it has (`cores`). A vacuum or a
checkpoint may look like it for some minutes, which is why it must last. Where the machine is full it is held back, as
others may crowd it, unless programs that keep data have {own:.0%} of the busy processors or more.

## References
- [PostgreSQL: wait events](https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE)
- [Amazon RDS: database load](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.ActiveSessions.html)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule, at_least, stores
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import duration, number, percent
from advisor.features import Snapshot, stats
from advisor.features.datastores import Datastore
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=("requests",),
    suggests=(
        "tune-datastore",
        "vertical",
        "decompose",
        "shard",
        "cache",
        "read-replica",
        "cluster",
        "load-balance",
        "autoscale",
    ),
    window=300.0,
    hold=600.0,  # fifteen minutes are full, of which the first look has seen five
    critical_hold=300.0,  # as downstream-bound, which would else speak of the effect before the cause
    clear_hold=300.0,
    place=9,  # before downstream-bound: that the datastore is full is why calls to it are slow
    explained_by=("host-cpu-saturated",),
    load=Limit(1.0, "{session}", "a session for each core: more must wait (decision model C13)"),
    light=Limit(0.9, "{session}", "a tenth below it, so that noise does not reopen it", at_most="load"),
    writing=Limit(0.5, "1", "most of what holds its sessions up is then writing (decision model C13)"),
    reading=Limit(0.4, "1", "0.10 below it, as for all ratios", at_most="writing"),
    slow=Limit(1.0, "s", "the product's usual limit of latency: 95% of requests within one second"),
    relaxed=Limit(0.8, "s", "a fifth below it, so that noise does not reopen it", at_most="slow"),
    critical=Limit(2.0, "s", "the product's usual limit of latency for what cannot wait"),
    in_step=Limit(1.0, "s", "judgement: a replica this little behind keeps up with the writes", at_most="behind"),
    behind=Limit(10.0, "s", "decision model C14: reads may use a replica that is less than 10 s behind"),
    cores=Limit(0, "{cpu}", "not set: processors of a datastore that runs where no agent tells them"),
    busy=Limit(0.5, "{cpu}", "judgement: a database that keeps half a core at work may be what holds a service up"),
    own=Limit(0.5, "1", "judgement: with less, others keep the machine busier than the datastore does"),
    crowded=Limit(0.70, "1", "a busier machine makes sessions wait by itself (decision model C7)"),
)


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Ask for the most loaded datastore, whether writing holds it up, and whether users notice."""
    found = stores.judged(snapshot, rule.window, rule.busy, rule.cores, _evidence)
    if isinstance(found, Reading):
        return found
    store, p95 = found.store, found.p95
    over = store.load >= rule.load and store.write_share >= rule.writing and p95 >= rule.slow
    under = store.load < rule.light or not store.write_share >= rule.reading or p95 < rule.relaxed
    return Reading(
        condition=Condition.OVER if over else Condition.UNDER if under else Condition.BETWEEN,
        claim=(
            f"{snapshot.name}: {store.name} has {number(store.load)} active sessions for each core, writing holds up "
            f"{percent(0.0 if math.isnan(store.write_share) else store.write_share)} of them, and 5% of requests take "
            f"{duration(p95)} or longer"
        ),
        evidence=found.evidence,
        severity=Severity.CRITICAL if p95 >= rule.critical else Severity.WARNING,
        confidence=_confidence(snapshot, store, p95),
        # A machine that it fills itself is no reason for its waits: there it is the other way round. Nor is another.
        apart_from=() if store.is_crowded(rule.crowded, rule.own) else ("host-cpu-saturated",),
    )


def _evidence(store: Datastore, p95: float) -> tuple[Evidence, ...]:
    return (
        at_least(stores.LOAD, "Active sessions for each core", store.load, "{session}", rule.load, store.name),
        at_least("db_writing", "Of these, held up by writing, at least", store.write_share, "1", rule.writing,
                        store.name),
        at_least("p95", "95% of requests answered within", p95, "s", rule.slow, ""),
        Evidence("db_own", "Of the busy processors, those of programs that keep data", finite(store.own), "1",
                 subject=store.name),
        *stores.told(store),
    )  # fmt: skip


def _confidence(snapshot: Snapshot, store: Datastore, p95: float) -> float:
    return confidence(
        required=(stats.ramp(store.load, rule.light, rule.load),
                  stats.ramp(store.write_share, rule.reading, rule.writing),
                  stats.ramp(p95, rule.relaxed, rule.slow)),
        support=(1.0, stats.ramp(store.lag, rule.in_step, rule.behind)) if store.lag >= 0 else (1.0,),
        coverage=snapshot.coverage(rule.window),
    )  # fmt: skip
