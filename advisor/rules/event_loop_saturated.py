"""Event loop saturated

## What it sees
The event loop is busy {busy:.0%} of the time or more over a minute, or over two or five that end busy, and it
computes: the main thread uses {computing:.0%} of a core or more, and at most {gap:.0%} of the time is busy without CPU
use. The host is below {host:.0%}, or the main thread uses {busy:.0%} of a core all the same. No quota holds it back in
{throttle:.0%} of its periods or more (one that leaves each loop a core, and that loops alone use up, may), garbage
collection takes less than {collection:.0%}, and the load is steady.

## Why it matters
Node.js runs JavaScript on one thread. When that thread has no idle time left, every further request
waits in line, whatever the other cores do. At {busy:.0%} a third more load is more than it can do at all.

## What to do
Use the idle cores of the machine first: run more copies of the process. Where no core is idle, spread the
copies over more machines. A bigger machine does not help one process.

## Known limits
Without the probe the loop is estimated from the main thread's CPU time, which is never much above it;
confidence is lower then. The mean of all processes of a program counts: one hot process among idle ones is
uneven load, not saturation; an API beside the worker of its queue is a program of its own. A batch job may
fill its loop by design: where no process listens or answers, or hardly anybody connects and answers are none
of the work, this is information and no warning, also for a consumer of a queue that falls behind.

## References
- [Node.js: event loop utilization](https://nodejs.org/api/perf_hooks.html)
- [Platformatic: scaling on event loop utilization](https://github.com/platformatic/platformatic)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule, at_least, below
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import cores, counted, percent
from advisor.features import Snapshot, control_groups, shortage, stats
from advisor.features.impact import nobody_waits
from advisor.features.machine import Machine
from advisor.features.programs import busiest
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=(("loop_utilization", "loop_active", "cpu_main", "cpu_user"), ("cpu_main", "cpu_user")),
    suggests=(
        "websocket-scale-out",
        "cluster",
        "load-balance",
        "autoscale",
        "static-offload",
        "cache",
        "worker-threads",
        "optimise-code",
        "decompose",
        "vertical",
    ),
    window=60.0,
    hold=240.0,  # five minutes are full, of which the first look has seen one
    clear_hold=300.0,
    place=7,
    explained_by=("host-cpu-saturated",),
    busy=Limit(0.80, "1", "Platformatic adds a worker at 0.8; GitLab calls 0.75 hard for one interpreter thread"),
    relaxed=Limit(0.70, "1", "ten points below the fire level, so that noise does not reopen it", at_most="busy"),
    critical=Limit(0.95, "1", "beyond this, demand cannot be seen any more: requests already queue"),
    computing=Limit(0.65, "1", "below it the loop waits more than it computes, and copies would wait too"),
    gap=Limit(0.15, "1", "measured: a computing loop stays below it, a starved one shows 0.5"),
    host=Limit(0.80, "1", "above it the processors are short, and that is another trouble"),
    throttle=Limit(0.05, "1", "a quota that is hit more often than this starves the loop"),
    collection=Limit(0.10, "1", "more than this and the heap is the cause, not the load"),
    variation=Limit(0.25, "1", "steadier than this is load; wilder is a burst or a heavy request"),
    growth=Limit(0.30, "1", "impact is forecast for 30% more load (decision model 1.2)"),
    estimated=Limit(0.70, "1", "what is left of the confidence where CPU time of all threads stands for the loop"),
    bounded=Limit(0.80, "1", "where that of the main thread does: a loop is at least as busy as its thread computes"),
)

LONG = 300.0  # seconds that prove a veto real; `rule.window` proves that it still holds


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Compare the mean loop of the busiest program with the levels, and every look-alike with its limit."""
    program = busiest(snapshot, LONG)
    snapshot = program.snapshot
    span = stats.telling(snapshot.loop, rule.window, LONG, rule.relaxed)
    busy = snapshot.loop(span)
    machine = snapshot.busiest_machine(rule.window)
    if math.isnan(busy):
        return Reading(Condition.UNKNOWN, missing=("CPU time of the process over the last minute",))
    if busy >= rule.relaxed and machine is None:
        return Reading(Condition.UNKNOWN, missing=("Processor time of the host: run the agent on it",))
    if busy >= rule.relaxed and math.isnan(snapshot.cpu_main(span)):
        return Reading(Condition.UNKNOWN, missing=("CPU time of the process over the last minute",))
    evidence = _evidence(snapshot, machine, span)
    return Reading(
        condition=_condition(busy, evidence),
        claim=_claim(snapshot, busy, program.words),
        evidence=evidence,
        severity=_severity(snapshot, busy),
        confidence=_confidence(snapshot, span),
        apart_from=("host-cpu-saturated",) if _is_alone(snapshot, machine, span) else (),
        processes=program.ids,
    )


def _is_own(snapshot: Snapshot, span: float) -> bool:
    """True if the loops compute as much as makes them full: then it is not the host that makes them so."""
    return snapshot.measures_main_thread and snapshot.cpu_main(span) >= rule.busy


def _is_alone(snapshot: Snapshot, machine: Machine | None, span: float) -> bool:
    """True if that is so, and neither is it they that fill the machine: a full host is another trouble then."""
    if machine is None or not _is_own(snapshot, span):
        return False
    return sum(process.cpu(span) for process in snapshot.on(machine)) < rule.host * machine.cores


def _severity(snapshot: Snapshot, busy: float) -> Severity:
    if nobody_waits(snapshot, LONG):
        return Severity.INFO
    return Severity.CRITICAL if busy >= rule.critical else Severity.WARNING


def _condition(busy: float, evidence: tuple[Evidence, ...]) -> Condition:
    if busy < rule.relaxed:
        return Condition.UNDER
    return Condition.OVER if all(e.holds for e in evidence if e.holds is not None) else Condition.BETWEEN


def _evidence(snapshot: Snapshot, machine: Machine | None, span: float) -> tuple[Evidence, ...]:
    window, busy, is_own = rule.window, snapshot.loop(span), _is_own(snapshot, span)
    gap = max(min(snapshot.gap(window), snapshot.gap(LONG)), 0.0)
    label = "Event loop busy" if snapshot.measures_loop else "Event loop busy, estimated from CPU time"
    found = [
        at_least("loop_utilization", label, busy, "1", rule.busy),
        at_least("cpu_main", "Main thread computing", snapshot.cpu_main(span), "1", rule.computing),
        _beside(is_own, "gap", "Busy without computing", gap, rule.gap),
        below("gc_share", "Garbage collection", stats.mean([p.gc_share(window) for p in snapshot.processes]),
              "1", rule.collection),
        below("loop_variation", "Variation of the loop", _variation(snapshot, window, span), "1", rule.variation),
        # The gate of impact: 30% more load than the loop can carry is a queue without end (P3), so
        # from 1 / 1.3 = 0.77 on impact is forecast for every service, however short its requests are.
        below("headroom", "Room for more load", 1 / busy - 1 if busy else math.inf, "1", rule.growth),
    ]  # fmt: skip
    is_full = _fill_their_quota(snapshot)
    if machine is not None:
        host = min(machine.cpu(window), machine.cpu(LONG))
        found.append(_beside(is_own, "host_cpu", "Host CPU", host, rule.host, machine.name))
        found.append(
            _beside(is_full, "throttled", "Quota throttled", machine.throttled(LONG), rule.throttle, machine.name)
        )
    if not snapshot.lacks(("cgroup_periods",)):
        held = stats.mean([shortage.throttled(p, LONG) for p in snapshot.processes])
        found.append(_beside(is_full, "cgroup_throttled", "Its own quota throttled", held, rule.throttle))
    p95 = snapshot.p95(LONG)
    if not math.isnan(p95):
        found.append(Evidence("p95", "95% of requests answered within", p95, "s"))
    return tuple(found)


def _fill_their_quota(snapshot: Snapshot) -> bool:
    groups = control_groups.every(snapshot)
    return bool(groups) and all(group.is_filled_by_loops(rule.window, rule.busy) for group in groups)


def _beside(is_full: bool, signal: str, label: str, value: float, limit: float, who: str = "") -> Evidence:
    """What else may keep loops busy; it decides nothing where they are full by themselves.

    So is a quota of a core for each loop that loops alone use up, also that of the machine: where an agent shares the
    container of the service, it is the same one. And so is a host that gives them all that they compute.
    """
    return (
        Evidence(signal, label, finite(value), "1", subject=who)
        if is_full
        else below(signal, label, value, "1", limit, who)
    )


def _variation(snapshot: Snapshot, *spans: float) -> float:
    """In the span in which it is least: a load that began lately is no wild one."""
    return min(stats.mean([stats.variation(p.loop_series(span)) for p in snapshot.processes]) for span in spans)


def _confidence(snapshot: Snapshot, span: float) -> float:
    window, busy = rule.window, snapshot.loop(span)
    series = [share for p in snapshot.processes for share in p.loop_series(span)]
    sure = confidence(
        required=(
            stats.ramp(busy, rule.relaxed, rule.busy),
            stats.ramp(snapshot.cpu_main(span), rule.computing - 0.1, rule.computing),
        ),
        support=(
            stats.ramp(1 / busy - 1 if busy else math.inf, rule.growth, 0.0),
            1.0 if snapshot.measures_main_thread else 0.5,
        ),
        coverage=snapshot.coverage(window),
        persistence=stats.mean([stats.ramp(share, rule.relaxed, rule.busy) for share in series]),
    )
    if snapshot.measures_loop:
        return sure
    return sure * (rule.bounded if snapshot.measures_main_thread else rule.estimated)


def _claim(snapshot: Snapshot, busy: float, of: str) -> str:
    count = len(snapshot.processes)
    loops = f"the event loop{of} is" if count == 1 else f"its {counted(count, 'event loop')}{of} are on average"
    sentence = f"{snapshot.name}: {loops} {percent(busy)} busy"
    group = control_groups.tightest(snapshot, rule.window)
    if group is None:
        return sentence
    spare = group.spare(LONG)
    where = " of its quota" if group.is_bound else ""
    where += "" if len(snapshot.machines) == 1 else f" on {group.machine.name}"
    if spare < 0.5:
        return f"{sentence}, and no core{where} is idle"
    return f"{sentence} while {cores(spare, group.cores)}{where} {'is' if group.cores == 1 else 'are'} idle"
