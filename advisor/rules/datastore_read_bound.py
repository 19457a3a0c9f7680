"""Datastore bound by reads

## What it sees
For a quarter of an hour 5% of the service's requests take {slow:.3g} s or longer, writing holds up less than
{writing:.0%} of the datastore's sessions, and one of two things is true. It has {load:.3g} active sessions or more for
each core of its machine, and {reading:.0%} of them or more read. Or its cache answers less than {hits:.0%} of what is
looked up, a disk of its machine is at work {disk:.0%} of the time or more, and {fetching:.2g} sessions or more wait for
blocks on the mean.

## Why it matters
Every copy of the service sends the same statements to the same place. What is read again and again can be kept closer,
read from a copy of the data, or found without looking at every row.

## What to do
Cheapest first: an index for the statement that takes most of the time, one statement instead of many, connections that
are shared, large tables in pieces; a cache, then a replica that reads may use, then more memory; a server for each
database where several share one. Shards come last.

## Known limits
Sessions that compute count as reading if they look up much; what they compute is not known. A low share of answers
from the cache alone says nothing: right after a start it is always low, and a report of the night may need what nobody
else reads. Where the machine is busy and programs that keep data have less than {own:.0%} of that, somebody else
crowds it, and nothing is said here. Only PostgreSQL tells its sessions. For one that runs elsewhere, such as a managed
one, set how many processors it has (`cores`); its disk is not seen then.

## References
- [PostgreSQL: wait events](https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE)
- [PostgreSQL: I/O of tables](https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW)
- [Amazon RDS: database load](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.ActiveSessions.html)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule, at_least, below, stores
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
        "cache",
        "read-replica",
        "vertical",
        "decompose",
        "shard",
        "cluster",
        "load-balance",
        "autoscale",
    ),
    window=300.0,
    hold=900.0,
    clear_hold=300.0,
    place=9,  # before downstream-bound: that the datastore is full is why calls to it are slow
    load=Limit(1.0, "{session}", "a session for each core: more must wait (decision model C13, C14)"),
    light=Limit(0.9, "{session}", "a tenth below it, so that noise does not reopen it", at_most="load"),
    reading=Limit(0.5, "1", "judgement: most of what keeps its sessions active is then reading"),
    reading_relaxed=Limit(0.4, "1", "0.10 below it, as for all ratios", at_most="reading"),
    writing=Limit(
        0.3,
        "1",
        "with more, writes are a cause of their own, and each replica repeats them (C14)",
        at_most="writing_relaxed",
    ),
    writing_relaxed=Limit(0.4, "1", "0.10 above it, as for all ratios"),
    hits=Limit(
        0.99,
        "1",
        "decision model C14: a rule of thumb, which is why it counts only beside a busy disk",
        at_most="hits_relaxed",
    ),
    hits_relaxed=Limit(0.995, "1", "half of the misses, so that noise does not reopen it"),
    disk=Limit(0.80, "1", "decision model C14: reads at four fifths of what the disk can do"),
    disk_relaxed=Limit(0.70, "1", "0.10 below it, as for all ratios", at_most="disk"),
    fetching=Limit(0.5, "{session}", "judgement: with fewer, mostly nobody waits for a block, whoever fills the disk"),
    fetching_relaxed=Limit(0.4, "{session}", "a fifth below it, so that noise does not reopen it", at_most="fetching"),
    slow=Limit(1.0, "s", "the product's usual limit of latency: 95% of requests within one second"),
    relaxed=Limit(0.8, "s", "a fifth below it, so that noise does not reopen it", at_most="slow"),
    critical=Limit(2.0, "s", "the product's usual limit of latency for what cannot wait"),
    cores=Limit(0, "{cpu}", "not set: processors of a datastore that runs where no agent tells them"),
    busy=Limit(0.5, "{cpu}", "judgement: a database that keeps half a core at work may be what holds a service up"),
    crowded=Limit(0.70, "1", "a busier machine makes sessions wait by itself (decision model C7)"),
    own=Limit(0.5, "1", "judgement: with less, others keep the machine busier than the datastore does"),
)


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Ask for the most loaded datastore, whether it is reading that keeps it busy, and whether users notice."""
    found = stores.judged(snapshot, rule.window, rule.busy, rule.cores, _evidence)
    if isinstance(found, Reading):
        return found
    store, p95 = found.store, found.p95
    # How far each figure went from its clear level to its fire level, the least far of those that must go together.
    far = min(max(_of_sessions(store), _of_disk(store)), stats.ramp(p95, rule.relaxed, rule.slow), _of_its_own(store))
    return Reading(
        condition=Condition.OVER if far >= 1 else Condition.BETWEEN if far > 0 else Condition.UNDER,
        claim=f"{snapshot.name}: {store.name} {_state(store)}, and 5% of requests take {duration(p95)} or longer",
        evidence=found.evidence,
        severity=Severity.CRITICAL if p95 >= rule.critical else Severity.WARNING,
        confidence=confidence(required=(far,), support=(1.0,), coverage=snapshot.coverage(rule.window)),
        # Full processors of another machine are another trouble: its own are not busy, or on no machine of the service.
        apart_from=() if store.cpu >= rule.crowded else ("host-cpu-saturated",),
    )


def _of_sessions(store: Datastore) -> float:
    return min(
        stats.ramp(store.load, rule.light, rule.load),
        stats.ramp(store.read_share, rule.reading_relaxed, rule.reading),
        _of_writes(store),
    )


def _of_disk(store: Datastore) -> float:
    return min(
        stats.ramp(store.hit_ratio, rule.hits_relaxed, rule.hits),
        stats.ramp(store.disk, rule.disk_relaxed, rule.disk),
        stats.ramp(store.fetching, rule.fetching_relaxed, rule.fetching),
        _of_writes(store),
    )


def _of_writes(store: Datastore) -> float:
    share = 0.0 if math.isnan(store.write_share) else store.write_share
    return stats.ramp(share, rule.writing_relaxed, rule.writing)


def _of_its_own(store: Datastore) -> float:
    """0 where the machine is busy, and not with programs that keep data."""
    return 0.0 if store.is_crowded(rule.crowded, rule.own) else 1.0


def _state(store: Datastore) -> str:
    if _of_sessions(store) >= _of_disk(store):
        reads = 0.0 if math.isnan(store.read_share) else store.read_share
        return f"has {number(store.load)} active sessions for each core, {percent(reads)} of them read"
    return (
        f"does not find {percent(1.0 - store.hit_ratio)} of what is looked up in its cache, its disk is "
        f"{percent(store.disk)} busy"
    )


def _evidence(store: Datastore, p95: float) -> tuple[Evidence, ...]:
    name = store.name
    return (
        at_least(stores.LOAD, "Active sessions for each core", store.load, "{session}", rule.load, name),
        at_least("db_reading", "Of these, reading, at least", store.read_share, "1", rule.reading, name),
        below("db_writing", "Of these, held up by writing, at least", store.write_share, "1", rule.writing, name),
        at_least("p95", "95% of requests answered within", p95, "s", rule.slow, ""),
        below("db_hits", "Look-ups that its cache answers", store.hit_ratio, "1", rule.hits, name),
        at_least("db_fetching", "Sessions that wait for blocks", store.fetching, "{session}", rule.fetching, name),
        at_least("db_disk", "Its machine's busiest disk at work", store.disk, "1", rule.disk, name),
        Evidence("db_own", "Of the busy processors, those of programs that keep data", finite(store.own), "1",
                 subject=name),
        Evidence("db_looked_up", "Looked up in its cache", finite(store.looked_up), "By/s", subject=name),
        *stores.told(store),
    )  # fmt: skip
