"""Waits for what it calls

## What it sees
5% of the requests, or of those of the route that takes most of their time, take {slow:.3g} s or longer, while the
event loop is less than {busy:.0%} busy ({fuller:.0%} beside calls that outlast its delays by far) and the host less
than {host:.0%}, or busy with others while the main thread waits for a processor less than {crowded:.0%} of the time:
at least {waiting:.0%} of a request's time is no work of the loop. And it is seen what they wait for: calls take
{share:.0%} of their time or more, or a pool of connections is {full:.0%} used while requests wait for a connection,
{felt:.0%} of a request's time or more. Such a pool is named before answers are so slow once that wait is {doubled:.0%}
of what the slowest 5% take, and
{noticed:.3g} s at least; such calls where {failing:.0%} of them fail, and {failed:.0%} of all requests.

A wait that nobody tells of is seen by what is around it. Requests of a route take {longer:.3g} times as long as in its
quickest minute in neither the loop nor the calls, and a call is always under way: a queue before it. Or they take
{sudden:.3g} times as long at about as many requests: a lock, or a call that is not told.

What each of the last five minutes shows by itself has lasted, and is told at once; what comes and goes has to stay for
five more.

## Why it matters
Such a service looks idle and is slow. More copies, more cores or more threads send the same calls to what is slow, over
more connections, and can push it over.

## What to do
Where the pool is short: first see why each connection is held so long, then make it larger as far as the datastore has
room. Where one dependency is slow: call it less (cache, fewer calls for one request), give calls a limit of time, and
leave alone for a while what fails again and again.

## Known limits
A healthy service also waits for what it calls most of its time: without slow answers this says nothing. Calls over
HTTP that took {ever:.0%} of what they take now or more in each quick minute of the last quarter of an hour are a hint
and no warning: a language model takes seconds by nature. So is a route that became slow where no call tells why: it
may be held open on purpose, and so are answers within the limit of which 5% take {early:.0%} of it, if their calls take
{sudden:.0f} times as long as in such a minute. Others that are slower than usual are not named: no past days are
compared. Calls that run beside each other, and calls of no request, count in full. Answers that are
held open on purpose (long polling, streams of events) are slow without waiting for a call, so they are not named;
beside slow calls they are not told apart. Network: segments that are sent again are those of the whole machine. While
blocks of its own loop are a finding as well it is held back, unless the calls that take most of the time last
{blocks:g} times as long as such blocks may hold one up: the usual longest of a minute, and a wait for others' blocks.
Beside uneven load or a crash loop it is, unless processes show it that are not the busiest, or have lived long enough.

## References
- [Node.js: do not block the event loop](https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop)
- [OpenTelemetry: database client metrics](https://opentelemetry.io/docs/specs/semconv/database/database-metrics/)
- [GitLab: saturation limits](https://gitlab.com/gitlab-com/runbooks)
"""

from __future__ import annotations

import math
from typing import Final

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule, calls, segments, unseen
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import all_hold, finite
from advisor.diagnosis.waits import Waits
from advisor.diagnosis.words import duration, number, percent
from advisor.features import Snapshot, stats
from advisor.features.programs import with_users
from advisor.features.spared import SPARED
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=("requests", ("loop_active", "loop_utilization", "cpu_main", "cpu_user")),
    suggests=("tune-datastore", "cache", "async-io", "read-replica", "cluster", "load-balance", "autoscale", "vertical",
              "worker-threads"),
    window=300.0,
    hold=300.0,
    clear_hold=300.0,
    place=10,
    explained_by=("host-cpu-saturated", "event-loop-saturated", "event-loop-blocked", "gc-pressure",
                  "thread-pool-saturated"),
    slow=Limit(1.0, "s", "the product's usual limit of latency: 95% of requests within one second; yours is the aim "
               "by which the whole service is called slow"),
    relaxed=Limit(0.8, "s", "a fifth below it, so that noise does not reopen it", at_most="slow"),
    critical=Limit(2.0, "s", "the product's usual limit of latency for what cannot wait"),
    busy=Limit(0.60, "1", "a busier loop makes requests wait by itself (decision model C7)"),
    fuller=Limit(0.80, "1", "beside calls that outlast its delays by far it may be as busy as a healthy one"),
    host=Limit(0.70, "1", "a busier machine makes requests wait by itself (decision model C7)"),
    crowded=Limit(0.15, "1", "it is this share of a call as well, and from there on host-cpu-saturated feels it"),
    waiting=Limit(0.80, "1", "what the loop itself works on a request is then a fifth at most (decision model C7)"),
    share=Limit(0.60, "1", "less than this in calls, and most of the wait is elsewhere (decision model C7)"),
    full=Limit(0.90, "1", "GitLab's limit for pools of connections, over 15 minutes"),
    pending=Limit(1.0, "{request}", "fewer waiting on the mean come and go with every burst"),
    felt=Limit(0.2, "1", "a fifth of a request's time is felt (decision model C7)"),
    doubled=Limit(0.5, "1", "without the wait they took half as long: twice the usual latency (decision model C7)"),
    noticed=Limit(0.1, "s", "what is answered sooner feels instantaneous (Nielsen, Usability Engineering, 1993)"),
    blocks=Limit(2, "{times}", "judgement: half of a call is elsewhere then, if a block holds each answer itself"),
    longer=Limit(3.0, "{times}", "three times as long as in a quick minute of the same route is no chance"),
    always=Limit(0.8, "{call}", "judgement: a pool that requests wait for is never idle, so a call is under way"),
    asking=Limit(0.2, "{call}", "judgement: calls of one request in five at least are on its way, not beside it"),
    unseen=Limit(0.7, "1", "what is left of the confidence where a queue is only seen by both its ends"),
    sudden=Limit(5.0, "{times}", "judgement: where no call is told, or answers are not slow, it must leave no doubt"),
    early=Limit(0.5, "1", "judgement: answers that take half of what is slow, for such calls, are on the way there"),
    steady=Limit(1.5, "{times}", "with many more requests than in that minute it may be a queue inside"),
    failed=Limit(0.05, "1", "one request in twenty: as many as make the slowest 5%"),
    failing=Limit(0.5, "1", "judgement: who is called fails more often than not"),
    ever=Limit(0.5, "1", "judgement: a call that never took less than this share of what it takes now was always so"),
    counts=Limit(0.2, "1", "judgement: calls that take less of the time of requests do not decide"),
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
    """Ask for slow or failed answers first, then whether the service waits, then for what."""
    snapshot = with_users(snapshot, rule.window)
    waits = Waits(snapshot, rule, rule.window)
    if math.isnan(waits.p95):
        return Reading(Condition.UNKNOWN, missing=("200 requests in 11 minutes: fewer say nothing about latency",))
    missing = _missing(waits)
    if waits.is_hurt and missing and not (missing == (_CALLS,) and waits.by_unseen):
        return Reading(Condition.UNKNOWN, evidence=waits.general, missing=missing)
    network = segments.sent_again(snapshot, rule.window, rule.repeated)
    return Reading(
        condition=_condition(waits, told=not missing),
        claim=_claim(waits, segments.in_words(network)),
        evidence=(*waits.general, *waits.pooled, *waits.queued, *waits.unnamed, *waits.told, *waits.failing,
                  *waits.ever, *waits.risen, *_beside_blocks(waits), *network),
        severity=_severity(waits),
        confidence=_confidence(waits),
        hold=0.0 if waits.lasts else math.inf,
        apart_from=_apart_from(waits),
    )  # fmt: skip


def _missing(waits: Waits) -> tuple[str, ...]:
    """Without which of its figures a slow service cannot be judged."""
    known = {e.signal for e in waits.general if e.value is not None}
    missing = [words for signal, words in _SOURCES.items() if signal not in known]
    return tuple(missing) if waits.called or waits.pool else (*missing, _CALLS)


def _condition(waits: Waits, *, told: bool) -> Condition:
    if waits.is_rising or (waits.is_due_to_it and (told or waits.is_hurt)):
        return Condition.OVER
    return Condition.UNDER if _is_fast(waits) else Condition.BETWEEN


def _apart_from(waits: Waits) -> tuple[str, ...]:
    """Blocks that calls outlast, and troubles of single processes where the others wait just as long."""
    blocks = ("event-loop-blocked",) if waits.outlasts else ()
    if not waits.is_hurt:
        return blocks
    spared = {cause: of(waits.snapshot, rule.window) for cause, of in SPARED.items()}
    return (*blocks, *(cause for cause, others in spared.items() if others and _is_held_up(_waits_of(others, waits))))


def _waits_of(others: Snapshot, waits: Waits) -> Waits:
    """Theirs; the same where a trouble spares them all, as is usual."""
    return waits if others is waits.snapshot else Waits(others, rule, rule.window)


def _is_held_up(waits: Waits) -> bool:
    return waits.is_hurt and (waits.by_pool or waits.by_calls)


def _is_fast(waits: Waits) -> bool:
    return waits.p95 < rule.relaxed and waits.queue < 0.8 * rule.doubled and not (waits.is_cut or waits.is_rising)


def _severity(waits: Waits) -> Severity:
    """A hint where it may be so by nature: calls were never quicker, nobody tells of any, or answers are not slow.

    And where what they wait for is not seen any more: what was a hint becomes no warning by that.
    """
    if waits.is_cut:
        return Severity.CRITICAL
    if waits.is_rising or all_hold(waits.ever) or unseen.is_sudden(waits.unnamed) or not waits.is_seen:
        return Severity.INFO
    return Severity.CRITICAL if _slow(waits) >= rule.critical else Severity.WARNING


def _slow(waits: Waits) -> float:
    return waits.whole if waits.by_pool else waits.p95


def _beside_blocks(waits: Waits) -> tuple[Evidence, ...]:
    if not waits.by_calls or math.isnan(waits.usual_block):
        return ()
    return (Evidence("usual_block", "Usual longest block of the loop in a minute", finite(waits.usual_block), "s"),)


def _confidence(waits: Waits) -> float:
    if not waits.is_seen:
        return 0.0
    snapshot, queue = waits.snapshot, stats.ramp(waits.queue, 0.8 * rule.doubled, rule.doubled)
    slow = 1.0 if waits.is_cut or waits.is_rising else max(stats.ramp(waits.p95, rule.relaxed, rule.slow), queue)
    sure = confidence(
        required=(slow, stats.ramp(waits.share, rule.waiting - 0.1, rule.waiting)),
        support=(1.0 - stats.ramp(snapshot.loop(rule.window), rule.busy - 0.2, rule.busy),
                 1.0 if snapshot.measures_loop else 0.5),
        coverage=snapshot.coverage(rule.window),
    )  # fmt: skip
    return sure * (rule.unseen if waits.by_unseen else 1.0)


def _claim(waits: Waits, lossy: str) -> str:
    name, pool = waits.snapshot.name, waits.pool
    if pool is not None and waits.by_pool and not _is_fast(waits):
        wait = "" if math.isnan(pool.wait) else f" for {duration(pool.wait)} (95%)"
        return (
            f"{name}: requests wait{wait} for one of the {number(pool.capacity)} connections of the pool "
            f"{pool.name}, {percent(pool.utilization)} of them at work, and {_felt(waits)}"
        )
    if waits.hidden is not None and waits.by_unseen:
        return unseen.claim(name, waits.hidden, waits.unnamed)
    if _is_fast(waits):
        return f"{name}: 95% of {waits.slowest.route or 'requests'} are answered within {duration(waits.p95)}"
    if not waits.called:
        return f"{name}: {_felt(waits)}"
    first = waits.called[0]
    since = f", after {duration(first.before)} five minutes before" if first.mean > 2 * first.before else ""
    return (
        f"{name}: calls to {first.name} take {duration(first.mean)} each{since}, "
        f"{percent(min(1.0, first.share))} of the time of requests, and {_felt(waits)}{lossy}"
    )


def _felt(waits: Waits) -> str:
    """What users notice, as the end of a sentence."""
    failed = next((e.value for e in waits.failing if waits.is_cut and e.signal == calls.FAILED and e.value), None)
    if failed is not None:
        return f"{percent(failed)} of requests fail"
    who = "" if waits.by_pool else waits.slowest.route
    return f"5% of {who or 'requests'} take {duration(_slow(waits))} or longer"
