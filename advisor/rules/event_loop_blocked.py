"""Event loop blocked

## What it sees
Something holds the event loop for {block:.3g} s or longer at a time, in at least {minutes:.0f} of the last ten
minutes, and in all at least {share:.0%} of the time is lost to it, or light routes answer ten times slower
than usual; while on average the loop is less than {busy:.0%} busy.

## Why it matters
While one piece of work holds the loop, nobody else is answered: health checks, light requests and timers
all wait until it ends. Averages and even the 99th percentile of loop delay hide this; the longest delay shows it.

## What to do
Move the work that blocks off the loop, into a pool of worker threads. If the loop does not compute while
it is blocked, it waits in a synchronous call (`readFileSync`, `execSync`): use the asynchronous one instead.

## Known limits
It cannot name the function that blocks; a profiler can. A queue of many short requests also delays the
loop: blocks that such a queue explains do not count. On a host without free processors everything is
late: read `host-cpu-saturated` beside it.

## References
- [Node.js: do not block the event loop](https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop)
- [Clinic Doctor: its limits for event loop delay](https://github.com/clinicjs/node-clinic-doctor)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import counted, duration, percent
from advisor.features import Snapshot, stats
from advisor.features.cause import Cause, cause_of_blocks
from advisor.features.process import MINUTE, Process
from advisor.features.snapshot import ENOUGH_REQUESTS
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=("loop_delay_max", ("loop_utilization", "loop_active")),
    suggests=("worker-threads", "load-balance", "cluster", "decompose", "vertical"),
    window=600.0,
    hold=120.0,
    clear_hold=900.0,
    place=7,
    explained_by=("host-cpu-saturated",),
    block=Limit(0.100, "s", "Clinic Doctor flags a longest delay of 100 ms; people notice from there"),
    relaxed=Limit(0.050, "s", "half of it, so that noise does not reopen it"),
    minutes=Limit(3, "{minute}", "three of ten: a habit, not an accident"),
    share=Limit(0.01, "1", "one percent of the time is what the slowest percent of requests feels"),
    spread=Limit(10, "{times}", "a light route whose 99th percentile is ten medians waits for something else"),
    busy=Limit(0.80, "1", "above it the loop is saturated, and every request waits anyway"),
    critical_block=Limit(1.0, "s", "health checks and clients give up after about a second"),
    critical_share=Limit(0.05, "1", "then one request in twenty waits, and the 95th percentile shows it"),
)

RECENT = 3  # minutes in which a block must still have happened
LONG = 300.0


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Look at the process that loses most time to blocks."""
    process = snapshot.most_blocked(rule.window)
    minutes = [] if process is None else list(process.blocked_minutes(rule.window))
    if process is None or not minutes:
        return Reading(Condition.UNKNOWN, missing=("A whole minute of event loop delays",))
    share = process.blocked_share(rule.window)
    worst = max(minutes)
    evidence = _evidence(snapshot, process, minutes, share)
    critical = worst >= rule.critical_block or share >= rule.critical_share
    return Reading(
        condition=_condition(minutes, evidence),
        claim=_claim(snapshot, process, worst, share),
        evidence=evidence,
        severity=Severity.CRITICAL if critical else Severity.WARNING,
        confidence=_confidence(snapshot, process, minutes, share),
    )


def _condition(minutes: list[float], evidence: tuple[Evidence, ...]) -> Condition:
    still = max(minutes[-RECENT:]) >= rule.block
    if still and all(e.holds for e in evidence if e.holds is not None):
        return Condition.OVER
    return Condition.UNDER if minutes[-1] < rule.relaxed else Condition.BETWEEN


def _evidence(snapshot: Snapshot, process: Process, minutes: list[float], share: float) -> tuple[Evidence, ...]:
    worst, hits = max(minutes), sum(block >= rule.block for block in minutes)
    busy = stats.highest([process.elu(seconds) for seconds in (MINUTE, LONG, rule.window)])
    queue = _ordinary_queue(process)
    spread = _light_route_spread(snapshot, worst)
    lost = share >= rule.share or spread >= rule.spread
    gap, pause, who = process.gap(rule.window), process.gc_pause(rule.window), process.name
    return (
        Evidence("loop_delay_max", "Longest block", worst, "s", rule.block, "at least", worst >= rule.block, who),
        Evidence("blocked_minutes", f"Minutes with a block, of {len(minutes)}", float(hits), "{minute}",
                 rule.minutes, "at least", hits >= rule.minutes, who),
        Evidence("blocked_share", "Time lost to blocks", share, "1", rule.share, "at least", lost, who),
        Evidence("loop_utilization", "Event loop busy", finite(busy), "1", rule.busy, "below", busy < rule.busy, who),
        Evidence("queue_delay", "Delay that a queue of ordinary requests explains", queue, "s", worst, "below",
                 queue < worst, who),
        Evidence("gc_pause_max", "Longest garbage collection", pause, "s", subject=who),
        Evidence("gap", "Busy without computing", finite(max(gap, 0.0)), "1", subject=who),
    )  # fmt: skip


def _ordinary_queue(process: Process) -> float:
    """The longest run of ordinary requests to expect in a minute, in seconds of loop time.

    Node.js answers all requests that wait in one turn of the loop. In an M/M/1 queue the number that
    waits exceeds n with probability u^n; of m arrivals the largest n is about ln(m) / ln(1/u). Requests
    that are heavy themselves are no excuse: they are the block.
    """
    busy, rate = process.elu(rule.window), process.requests(rule.window)
    arrivals = rate * MINUTE / process.time_scale
    if not (0 < busy < 1 and arrivals > 1 and busy / rate < rule.relaxed):
        return 0.0
    return busy / rate * math.log(arrivals) / -math.log(busy)


def _light_route_spread(snapshot: Snapshot, worst: float) -> float:
    """The largest p99 / p50 of the routes whose median is far below the block; 0 without enough requests."""
    light = [
        route.latency.quantile(0.99) / route.latency.quantile(0.5)
        for route in snapshot.routes(rule.window)
        if route.latency.count >= ENOUGH_REQUESTS and 0 < route.latency.quantile(0.5) <= worst / 10
    ]
    return max(light, default=0.0)


def _confidence(snapshot: Snapshot, process: Process, minutes: list[float], share: float) -> float:
    hits = sum(block >= rule.block for block in minutes)
    heavy = any(route.latency.quantile(1.0) >= max(minutes) / 2 for route in snapshot.routes(rule.window))
    return confidence(
        required=(
            stats.ramp(max(minutes), rule.relaxed, rule.block),
            max(
                stats.ramp(share, rule.share / 2, rule.share),
                stats.ramp(_light_route_spread(snapshot, max(minutes)), rule.spread / 2, rule.spread),
            ),
            min(1.0, hits / rule.minutes),
        ),
        support=(stats.ramp(share, 0.0, rule.critical_share), 1.0 if heavy else 0.5),
        # A young process has fewer minutes to show: what it shows counts for less.
        coverage=min(process.coverage(rule.window), process.history(rule.window)),
    )


def _claim(snapshot: Snapshot, process: Process, worst: float, share: float) -> str:
    if worst < rule.block:
        return f"{snapshot.name}: the event loop is held for {duration(worst)} at most"
    busy = process.elu(rule.window)
    if busy >= rule.busy or _ordinary_queue(process) >= worst:
        return f"{snapshot.name}: the longest delay is {duration(worst)}, and the event loop is {percent(busy)} busy"
    what = {
        Cause.WORK: "something holds the event loop",
        Cause.WAITING: "a synchronous call holds the event loop",
        Cause.COLLECTION: "garbage collection holds the event loop",
    }[cause_of_blocks(process, rule.window, snapshot.machine_of(process))]
    whose = "" if len(snapshot.processes) == 1 else f" of one of {counted(len(snapshot.processes), 'process')}"
    lost = f", {percent(share)} of all time" if share < busy else ""  # equal: the blocks are all that it does
    return (
        f"{snapshot.name}: {what}{whose} for up to {duration(worst)} at a time{lost}, "
        f"although it is only {percent(busy)} busy"
    )
