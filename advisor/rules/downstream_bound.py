"""Waits for what it calls

## What it sees
Over five minutes 5% of the requests take {slow:.3g} s or longer, while the event loop is less than {busy:.0%} busy and
the host less than {host:.0%}: at least {waiting:.0%} of a request's time is no work of the loop. And it is seen what
the requests wait for: calls take {share:.0%} of their time or more, or a pool of connections is {full:.0%} used while
requests wait for a connection, {felt:.0%} of a request's time or more. Such a pool is named before answers are so slow
once that wait is {doubled:.0%} of what the slowest 5% take, and {noticed:.3g} s at least. A queue that nobody tells of
is seen by its ends: a call is always under way, and requests take {longer:.3g} times as long as in a quick minute while
neither the loop nor the calls take {share:.0%} of that.

## Why it matters
Such a service looks idle and is slow. More copies, more cores or more threads send the same calls to what is slow, over
more connections, and can push it over.

## What to do
Where the pool is short: first see why each connection is held so long, then make it larger as far as the datastore has
room. Where one dependency is slow: call it less (cache, fewer calls for one request), give calls a limit of time, and
leave alone for a while what fails again and again.

## Known limits
A healthy service also waits for what it calls most of its time: without slow answers this says nothing. Answers that
are slower than usual at this hour, but within the limit, are not named: no past days are compared. Calls that run
beside each other, and calls of no request, count in full. Answers that are held open on purpose (long polling, streams
of events) are slow without waiting for a call, so they are not named; beside slow calls they are not told apart. Where
nobody tells of calls and pools it says what is missing. Network: segments that are sent again are those of the whole
machine. While blocks of its own loop are a finding as well it is held back, unless the calls that take
most of the time last {blocks:g} times as long as the usual longest block of a minute, or more.

## References
- [Node.js: do not block the event loop](https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop)
- [OpenTelemetry: database client metrics](https://opentelemetry.io/docs/specs/semconv/database/database-metrics/)
- [GitLab: saturation limits](https://gitlab.com/gitlab-com/runbooks)
"""

from __future__ import annotations

import math
import statistics
from typing import Final

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule, at_least, below, segments, unseen
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import duration, number, percent
from advisor.features import Snapshot, parts, stats
from advisor.features.parts import Destination, Pool
from advisor.features.unseen_queue import unseen_queue
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=("requests", ("loop_active", "loop_utilization", "cpu_main", "cpu_user")),
    suggests=("tune-datastore", "cache", "async-io", "read-replica", "cluster", "load-balance", "autoscale", "vertical",
              "worker-threads"),
    window=300.0,
    hold=300.0,
    clear_hold=300.0,
    place=9,
    explained_by=("host-cpu-saturated", "event-loop-saturated", "event-loop-blocked", "gc-pressure",
                  "thread-pool-saturated"),
    slow=Limit(1.0, "s", "the product's usual limit of latency: 95% of requests within one second; yours is the aim "
               "by which the whole service is called slow"),
    relaxed=Limit(0.8, "s", "a fifth below it, so that noise does not reopen it", at_most="slow"),
    critical=Limit(2.0, "s", "the product's usual limit of latency for what cannot wait"),
    busy=Limit(0.60, "1", "a busier loop makes requests wait by itself (decision model C7)"),
    host=Limit(0.70, "1", "a busier machine makes requests wait by itself (decision model C7)"),
    waiting=Limit(0.80, "1", "what the loop itself works on a request is then a fifth at most (decision model C7)"),
    share=Limit(0.60, "1", "less than this in calls, and most of the wait is elsewhere (decision model C7)"),
    full=Limit(0.90, "1", "GitLab's limit for pools of connections, over 15 minutes"),
    pending=Limit(1.0, "{request}", "fewer waiting on the mean come and go with every burst"),
    felt=Limit(0.2, "1", "a fifth of a request's time is felt (decision model C7)"),
    doubled=Limit(0.5, "1", "without the wait they took half as long: twice the usual latency (decision model C7)"),
    noticed=Limit(0.1, "s", "what is answered sooner feels instantaneous (Nielsen, Usability Engineering, 1993)"),
    blocks=Limit(3, "{times}", "below 80% busy, with blocks of one length, a call waits for two of them on the mean "
                 "(M/D/1), and one may hold the answer itself"),
    longer=Limit(3.0, "{times}", "three times as long as in a quick minute of the same route is no chance"),
    always=Limit(0.8, "{call}", "judgement: a pool that requests wait for is never idle, so a call is under way"),
    asking=Limit(0.2, "{call}", "judgement: calls of one request in five at least are on its way, not beside it"),
    unseen=Limit(0.7, "1", "what is left of the confidence where a queue is only seen by both its ends"),
    repeated=Limit(0.02, "1", "judgement: a sound network sends far less than 1% of its segments again"),
)  # fmt: skip

_SOURCES: Final = {
    "wait_share": "Event loop busy over the last five minutes: load the probe",
    "host_cpu": "Processor time of the host: run the agent on it",
}
_CALLS: Final = (
    "What the service calls (http.client.request.duration, db.client.operation.duration): load the probe or an "
    "OpenTelemetry SDK that instruments its clients"
)


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Ask for slow answers first, then whether the service waits, then for what."""
    p95 = snapshot.p95(rule.window)
    if math.isnan(p95):
        return Reading(Condition.UNKNOWN, missing=("200 requests in five minutes: fewer say nothing about latency",))
    called, pool = parts.destinations(snapshot, rule.window), _pool(snapshot)
    general = _general(snapshot, p95)
    idle, queue = all(e.holds for e in general[1:] if e.holds is not None), _queue(pool, p95)
    hurt = idle and p95 >= rule.slow
    missing = _missing(general, nobody_tells=not called and pool is None)
    if hurt and missing:
        return Reading(Condition.UNKNOWN, evidence=general, missing=missing)
    pooled, calls = _of_pool(snapshot, pool), _of_calls(called)
    network = segments.sent_again(snapshot, rule.window, rule.repeated)
    doubled = idle and not missing and _holds(pooled) and queue >= rule.doubled
    by_calls = _holds(calls) and not _holds(pooled)
    block = _usual_block(snapshot) if by_calls else math.nan
    hidden = unseen_queue(snapshot, called, rule.window) if hurt and not (_holds(pooled) or by_calls) else None
    unnamed = unseen.evidence(hidden, rule.share, rule.longer, rule.always, rule.asking)
    sure = _confidence(snapshot, p95, queue) if _holds(pooled) or by_calls or _holds(unnamed) else 0.0
    fast = p95 < rule.relaxed and queue < 0.8 * rule.doubled
    return Reading(
        condition=Condition.OVER if (hurt and sure > 0) or doubled else Condition.UNDER if fast else Condition.BETWEEN,
        claim=unseen.claim(snapshot.name, hidden)
        if hidden is not None and _holds(unnamed)
        else _claim(snapshot, p95, called, pool if _holds(pooled) and not fast else None, segments.in_words(network)),
        evidence=(*general, *pooled, *_queued(queue), *unnamed, *calls, *_beside_blocks(block), *network),
        severity=Severity.CRITICAL if p95 >= rule.critical else Severity.WARNING,
        confidence=sure * (rule.unseen if _holds(unnamed) else 1.0),
        apart_from=("event-loop-blocked",) if by_calls and called[0].mean >= rule.blocks * block else (),
    )


def _usual_block(snapshot: Snapshot) -> float:
    """The median of the longest blocks of each minute, on the process where they are longest; NaN where unknown."""
    told = [process.blocked_minutes(rule.window) for process in snapshot.processes]
    return stats.highest([statistics.median(minutes) for minutes in told if minutes])


def _missing(general: tuple[Evidence, ...], *, nobody_tells: bool) -> tuple[str, ...]:
    """Without which of its figures a slow service cannot be judged."""
    known = {e.signal for e in general if e.value is not None}
    missing = [words for signal, words in _SOURCES.items() if signal not in known]
    return (*missing, _CALLS) if nobody_tells else tuple(missing)


def _waiting(snapshot: Snapshot) -> float:
    """The share of a request's time in which the loop does not work on it; NaN where it is not known."""
    mean = snapshot.latency(rule.window).mean
    return max(0.0, 1 - snapshot.service_time(rule.window) / mean) if mean > 0 else math.nan


def _pool(snapshot: Snapshot) -> Pool | None:
    """The fullest pool that tells how large it is and who waits for it."""
    told = [pool for pool in parts.pools(snapshot, rule.window) if pool.utilization >= 0 and pool.tells_waits]
    return next(iter(told), None)


def _general(snapshot: Snapshot, p95: float) -> tuple[Evidence, ...]:
    loop, waiting = snapshot.loop(rule.window), _waiting(snapshot)
    host = stats.highest([machine.cpu(rule.window) for machine in snapshot.machines])
    label = "Event loop busy" if snapshot.measures_loop else "Event loop busy, estimated from CPU time"
    return (
        at_least("p95", "95% of requests answered within", p95, "s", rule.slow),
        at_least("wait_share", "Time of a request without work of the loop", waiting, "1", rule.waiting),
        below("loop_utilization", label, loop, "1", rule.busy),
        below("host_cpu", "Host CPU", host, "1", rule.host),
    )


def _of_pool(snapshot: Snapshot, pool: Pool | None) -> tuple[Evidence, ...]:
    if pool is None:
        return ()
    mean = snapshot.latency(rule.window).mean
    subject = f"{pool.name} in {pool.process}"
    return (
        at_least("pool_used", "Connections of the pool at work", pool.utilization, "1", rule.full, subject),
        at_least("pool_pending", "Requests that wait for a connection", pool.pending, "{request}", rule.pending,
                 subject),
        at_least("pool_wait", "Their wait (95%), of the time of a request", pool.wait / mean, "1", rule.felt, subject),
    )  # fmt: skip


def _queue(pool: Pool | None, p95: float) -> float:
    """The share of the slowest requests' time in which they wait for a connection; 0 where nobody notices or tells."""
    return min(1.0, pool.wait / p95) if pool is not None and pool.wait >= rule.noticed else 0.0


def _of_calls(called: tuple[Destination, ...]) -> tuple[Evidence, ...]:
    if not called:
        return ()
    first, together = called[0], stats.known_sum([one.share for one in called])
    return (
        at_least("calls_share", "Time in calls, of the time of requests", together, "1", rule.share),
        Evidence("call_share", "Of it in this one", finite(first.share), "1", subject=first.name),
        Evidence("call_time", "Mean time of its calls", finite(first.mean), "s", subject=first.name),
        Evidence("call_time_before", "The same five minutes before", finite(first.before), "s", subject=first.name),
        Evidence("calls_of_request", "Its calls for one request", finite(first.calls), "{call}", subject=first.name),
        Evidence("call_errors", "Of its calls failed", finite(first.failed), "1", subject=first.name),
    )


def _queued(queue: float) -> tuple[Evidence, ...]:
    told = at_least("pool_queue", "That wait, of what the slowest 5% take", queue, "1", rule.doubled)
    return (told,) if queue else ()


def _beside_blocks(block: float) -> tuple[Evidence, ...]:
    told = Evidence("usual_block", "Usual longest block of the loop in a minute", finite(block), "s")
    return () if math.isnan(block) else (told,)


def _holds(evidence: tuple[Evidence, ...]) -> bool:
    """True if every figure that is known and has a limit speaks for it, and there is one."""
    judged = [e.holds for e in evidence if e.holds is not None]
    return bool(judged) and all(judged)


def _confidence(snapshot: Snapshot, p95: float, queue: float) -> float:
    slow = max(stats.ramp(p95, rule.relaxed, rule.slow), stats.ramp(queue, 0.8 * rule.doubled, rule.doubled))
    return confidence(
        required=(slow, stats.ramp(_waiting(snapshot), rule.waiting - 0.1, rule.waiting)),
        support=(1.0 - stats.ramp(snapshot.loop(rule.window), rule.busy - 0.2, rule.busy),
                 1.0 if snapshot.measures_loop else 0.5),
        coverage=snapshot.coverage(rule.window),
    )  # fmt: skip


def _claim(snapshot: Snapshot, p95: float, called: tuple[Destination, ...], pool: Pool | None, lossy: str) -> str:
    slow = f"5% of requests take {duration(p95)} or longer"
    if pool is not None:
        wait = "" if math.isnan(pool.wait) else f" for {duration(pool.wait)} (95%)"
        return (
            f"{snapshot.name}: requests wait{wait} for one of the {number(pool.capacity)} connections of the pool "
            f"{pool.name}, {percent(pool.utilization)} of them at work, and {slow}"
        )
    if p95 < rule.relaxed:
        return f"{snapshot.name}: 95% of requests are answered within {duration(p95)}"
    if not called:
        return f"{snapshot.name}: {slow}"
    first = called[0]
    longer = first.mean > 2 * first.before
    since = f", after {duration(first.before)} five minutes before" if longer else ""
    return (
        f"{snapshot.name}: calls to {first.name} take {duration(first.mean)} each{since}, "
        f"{percent(min(1.0, first.share))} of the time of requests, and {slow}{lossy}"
    )
