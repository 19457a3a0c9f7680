"""Event loop blocked

## What it sees
Something holds the event loop for {block:.3g} s or longer at a time, in at least {minutes:.0f} of the last ten
minutes ({heavy:.0f} where those of {critical_block:.3g} s take {critical_share:.0%} of the time), and in all at least
{share:.0%} of the time is lost to it, or {met:.0%} of that and light routes answer ten times slower than usual; while
on average the loop is less than {busy:.0%} busy.

## Why it matters
While one piece of work holds the loop, nobody else is answered: health checks, light requests and timers
all wait until it ends. Averages and even the 99th percentile of loop delay hide this; the longest delay shows it.

## What to do
Move the work that blocks off the loop, into a pool of worker threads. If the loop does not compute while
it is blocked, it waits in a synchronous call (`readFileSync`, `execSync`): use the asynchronous one instead.
The function is named where events of the probe name it.

## Known limits
The probe names blocks of 200 ms and more, shorter ones by samples; an OpenTelemetry SDK and a page of metrics
(prom-client) name none. From these the time lost is estimated from the mean and the median delay; a page tells
neither how busy the loop is, which is then estimated from CPU time, and its longest delay is lost to whoever reads
the page first. Where collections of garbage make {collected:.0%} of the blocked time or more, `gc-pressure` judges
them. A queue of many short requests also delays the loop: blocks that such a queue explains do not count. On a host
without free processors everything is late, so a finding of `host-cpu-saturated` holds this one back, unless its blocks
would be as many without twice the usual waits for a processor, which only the agent tells. Where the process neither
listens nor answers, as the worker of a queue, this is information and no warning.

## References
- [Node.js: do not block the event loop](https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop)
- [Clinic Doctor: its limits for event loop delay](https://github.com/clinicjs/node-clinic-doctor)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule, at_least, below
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import counted, duration, percent
from advisor.features import Snapshot, collection, places, stats
from advisor.features.cause import Cause, busy_at_least, cause_of_blocks, computing, ordinary_queue, own_share
from advisor.features.impact import is_alone
from advisor.features.process import MINUTE, Process
from advisor.features.snapshot import ENOUGH_REQUESTS
from advisor.features.task import WINDOW
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=("loop_delay_max", ("loop_utilization", "loop_active", "cpu_main", "cpu_user")),
    suggests=(
        "worker-threads",
        "async-io",
        "optimise-code",
        "stream-paginate",
        "load-balance",
        "cluster",
        "decompose",
        "vertical",
    ),
    window=WINDOW,
    hold=120.0,
    clear_hold=900.0,
    place=7,
    explained_by=("host-cpu-saturated", "gc-pressure"),
    block=Limit(0.100, "s", "Clinic Doctor flags a longest delay of 100 ms; people notice from there"),
    relaxed=Limit(0.050, "s", "half of it, so that noise does not reopen it", at_most="block"),
    minutes=Limit(3, "{minute}", "three of ten: a habit, not an accident"),
    collected=Limit(0.5, "1", "from here on collections are to blame, and gc-pressure judges them (C2, C6)"),
    heavy=Limit(2, "{minute}", "judgement: two such as cost a twentieth of all time are a habit as well"),
    share=Limit(0.01, "1", "one percent of the time is what the slowest percent of requests feels"),
    spread=Limit(10, "{times}", "a light route whose 99th percentile is ten medians waits for something else"),
    met=Limit(0.5, "1", "the slowest percent must meet a block; half: short delays are not told"),
    busy=Limit(0.80, "1", "above it the loop is saturated, and every request waits anyway"),
    critical_block=Limit(1.0, "s", "health checks and clients give up after about a second"),
    critical_share=Limit(0.05, "1", "then one request in twenty waits, and the 95th percentile shows it"),
    named=Limit(0.5, "1", "a function is named in the claim if it has at least half of the time of the told blocks"),
    estimated=Limit(0.7, "1", "what is left of the confidence where the loop is only estimated from CPU time"),
)

RECENT = 3  # minutes in which a block must still have happened
LONG = 300.0


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Look at the process that loses most time to blocks."""
    process = snapshot.most_blocked(rule.window)
    minutes = [] if process is None else process.blocked_minutes(rule.window)
    if process is None or not minutes:
        return Reading(Condition.UNKNOWN, missing=("A whole minute of event loop delays",))
    if math.isnan(_busiest(process)):
        return Reading(Condition.UNKNOWN, missing=("How busy the loop is: run the agent on the host",))
    share = process.blocked_share(rule.window)
    worst = max(minutes)
    # Blocks that people do not notice cost nothing, and where blocks cost enough, routes need not tell it.
    is_told = worst >= rule.relaxed and rule.met * rule.share <= share < rule.share
    spread = _light_route_spread(snapshot, worst) if is_told else 0.0
    evidence = _evidence(snapshot, process, minutes, share, spread)
    return Reading(
        condition=_condition(minutes, evidence),
        claim=_claim(snapshot, process, worst, share),
        evidence=evidence,
        severity=_severity(process, worst, share),
        confidence=_confidence(snapshot, process, minutes, share, spread),
        apart_from=("host-cpu-saturated",) if _is_own(snapshot, process, minutes, share) else (),
    )


def _severity(process: Process, worst: float, share: float) -> Severity:
    """Information where nobody waits for its answers; but who probes its health gives up after so long a block."""
    long = worst >= rule.critical_block
    if is_alone(process, rule.window) and not (long and process.requests(rule.window) > 0):
        return Severity.INFO
    return Severity.CRITICAL if long or share >= rule.critical_share else Severity.WARNING


def _is_own(snapshot: Snapshot, process: Process, minutes: list[float], share: float) -> bool:
    """True if the blocks were as many and as dear on an idle host: that this one is full is another trouble."""
    own = own_share(process, rule.window, snapshot.machine_of(process))
    return own * share >= rule.share and sum(own * block >= rule.block for block in minutes) >= rule.minutes


def _condition(minutes: list[float], evidence: tuple[Evidence, ...]) -> Condition:
    still = max(minutes[-RECENT:]) >= rule.block
    if still and all(e.holds for e in evidence if e.holds is not None):
        return Condition.OVER
    return Condition.UNDER if minutes[-1] < rule.relaxed else Condition.BETWEEN


def _evidence(
    snapshot: Snapshot, process: Process, minutes: list[float], share: float, spread: float
) -> tuple[Evidence, ...]:
    worst, hits = max(minutes), sum(block >= rule.block for block in minutes)
    busy, queue = _busiest(process), ordinary_queue(process, rule.window, rule.relaxed)
    lost = share >= rule.share or spread >= rule.spread
    pause, who = process.gc_pause(rule.window), process.name
    collected = collection.blamed(snapshot, process, rule.window, rule.relaxed)
    gap = busy_at_least(process, rule.window) - computing(process, rule.window)
    busy_label = "Event loop busy" if process.measures_loop else "Event loop busy, estimated from CPU time"
    return (
        at_least("loop_delay_max", "Longest block", worst, "s", rule.block, who),
        at_least("blocked_minutes", f"Minutes with a block, of {len(minutes)}", float(hits), "{minute}",
                 _enough(minutes, share), who),
        Evidence("blocked_share", "Time lost to blocks", share, "1", rule.share, "at least", lost, who),
        Evidence("loop_utilization", busy_label, finite(busy), "1", rule.busy, "below", busy < rule.busy, who),
        Evidence("queue_delay", "Delay that a queue of ordinary requests explains", queue, "s", worst, "below",
                 queue < worst, who),
        below("collected", "Blocked time that collections explain", collected, "1", rule.collected, who),
        Evidence("gc_pause_max", "Longest garbage collection", pause, "s", subject=who),
        Evidence("gap", "Busy without computing", finite(max(gap, 0.0)), "1", subject=who),
        *_named(snapshot, process),
    )  # fmt: skip


def _enough(minutes: list[float], share: float) -> float:
    """Minutes with a block that make it a habit; two are enough where both blocks are long and they cost much."""
    both = len(minutes) > 1 and sorted(minutes)[-2] >= rule.critical_block
    return rule.heavy if both and share >= rule.critical_share else rule.minutes


def _busiest(process: Process) -> float:
    return stats.highest([busy_at_least(process, seconds) for seconds in (MINUTE, LONG, rule.window)])


def _named(snapshot: Snapshot, process: Process) -> list[Evidence]:
    """The code that events name, the first of each kind."""
    if not snapshot.window.events:
        return []
    kinds = (
        ("blocked_by", "Of the told blocks, those of", places.blockers),
        ("profiled", "Of samples of the busy loop, those of", places.profiled),
    )
    return [
        Evidence(signal, f"{label} {place.function or places.NAMELESS} in {place.where}", place.share, "1",
                 subject=process.name)
        for signal, label, find in kinds
        for place in find(snapshot, rule.window, process.instance.id)[:1]
    ]  # fmt: skip


def _light_route_spread(snapshot: Snapshot, worst: float) -> float:
    """The largest p99 / p50 of the routes whose median is far below the block; 0 without enough requests."""
    enough = (route.latency for route in snapshot.routes(rule.window) if route.latency.count >= ENOUGH_REQUESTS)
    light = [
        latency.quantile(0.99) / median for latency in enough if 0 < (median := latency.quantile(0.5)) <= worst / 10
    ]
    return max(light, default=0.0)


def _confidence(snapshot: Snapshot, process: Process, minutes: list[float], share: float, spread: float) -> float:
    hits = sum(block >= rule.block for block in minutes)
    long = max(minutes) / 2
    heavy = long > rule.relaxed / 2 and any(r.latency.quantile(1.0) >= long for r in snapshot.routes(rule.window))
    sure = confidence(
        required=(
            stats.ramp(max(minutes), rule.relaxed, rule.block),
            max(
                stats.ramp(share, rule.share / 2, rule.share),
                stats.ramp(spread, rule.spread / 2, rule.spread),
            ),
            min(1.0, hits / _enough(minutes, share)),
        ),
        support=(stats.ramp(share, 0.0, rule.critical_share), 1.0 if heavy else 0.5),
        # A young process has fewer minutes to show: what it shows counts for less.
        coverage=min(process.coverage(rule.window), process.history(rule.window)),
    )
    return sure if process.measures_loop else sure * rule.estimated


def _claim(snapshot: Snapshot, process: Process, worst: float, share: float) -> str:
    if worst < rule.block:
        return f"{snapshot.name}: the event loop is held for {duration(worst)} at most"
    busy = busy_at_least(process, rule.window)
    if busy >= rule.busy:
        return f"{snapshot.name}: the longest delay is {duration(worst)}, and the event loop is {percent(busy)} busy"
    if ordinary_queue(process, rule.window, rule.relaxed) >= worst:
        return (
            f"{snapshot.name}: many short requests in a row delay the event loop by up to {duration(worst)}; it is "
            f"{percent(busy)} busy, and none of them holds it long"
        )
    whose = "" if len(snapshot.processes) == 1 else f" of one of {counted(len(snapshot.processes), 'process')}"
    lost = f", {percent(share)} of all time" if share < busy else ""  # equal: the blocks are all that it does
    estimate = "" if process.measures_loop else ", estimated from CPU time"
    return (
        f"{snapshot.name}: {_holder(snapshot, process)} holds the event loop{whose} for up to {duration(worst)} at a "
        f"time{lost}, although it is only {percent(busy)} busy{estimate}"
    )


def _holder(snapshot: Snapshot, process: Process) -> str:
    """What holds the loop, by its cause and, where events name one for most of it, its place in the code."""
    cause = cause_of_blocks(process, rule.window, snapshot.machine_of(process))
    if cause is Cause.COLLECTION:
        return "garbage collection"
    found = places.blockers(snapshot, rule.window, process.instance.id)
    named = found[0].words if found and found[0].share >= rule.named else ""
    if cause is Cause.WAITING:
        return f"a synchronous call in {named}" if named else "a synchronous call"
    return named or "something"
