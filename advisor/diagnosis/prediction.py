"""What copies and pools would change, as ranges: the formulas P1 to P3 of the decision model 1.6."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from advisor.diagnosis.advice import Expectation
from advisor.features import Snapshot, control_groups, crowding, stats
from advisor.features.memo import remembered
from advisor.features.process import Process
from advisor.features.queueing import Policy, Queue, inferred_spread
from advisor.features.task import Task

NOW: Final = 60.0
"""Seconds over which the present state is read."""

LONG: Final = 300.0
"""Seconds over which latencies are read, so that there are enough requests."""

SIZING: Final = 300.0
"""Seconds over which idle cores are counted: advice must not turn over a short burst of the host."""

TARGET: Final = 0.60
AFTER_LOSS: Final = 0.80
GROWTH: Final = 1.1
"""P1: loops are sized to 60 % for at least 10 % more work than now, and to 80 % with one copy lost."""

GAP: Final = 0.10
"""Share of time for which a loop that has its processor is busy without computing, at most (decision model C3)."""

CENSORED: Final = 0.95
"""Above this utilization demand cannot be seen: what is measured is what the loop could do."""

CONTENTION: Final = (4 / 2.3 - 1) / 3
"""How much copies hinder each other (sigma of the universal scalability law): the article's reference run
answered 10,000 requests in 7 s with one process and in 3 s with four, 2.3 times as fast."""

SECOND_THREAD: Final = 0.5
"""What the last cores of a host are worth at the low end: they may be second threads of busy cores, and the
measured worth of a second thread is 0.5 to 0.6 (decision model C3)."""


@dataclass(frozen=True, slots=True)
class Clones:
    """More copies of the same process.

    Attributes:
        before: copies that serve now.
        after: copies afterwards.
        policy: how requests reach them.
        spare: cores that the copies can use beyond today's use; None where each brings its own.
    """

    before: int
    after: int
    policy: Policy
    spare: float | None = None


def copies_for(work: float, growth: float = GROWTH) -> int:
    """Copies that carry so many times this work (erlangs) at the target utilization: P1, first term."""
    return max(1, math.ceil(work * growth / TARGET - 1e-9))


def copies_that_survive(work: float, growth: float = GROWTH) -> int:
    """Copies that also carry it when one of them is lost: P1, both terms."""
    return max(copies_for(work, growth), math.ceil(work * growth / AFTER_LOSS - 1e-9) + 1)


def is_censored(snapshot: Snapshot) -> bool:
    """True if the loops are so full that the demand behind them cannot be seen."""
    return snapshot.loop(NOW) > CENSORED


def of_clones(snapshot: Snapshot, clones: Clones) -> tuple[Expectation, ...]:
    """Loop utilization, p95 and highest load with these copies; upper ends open where demand is censored."""
    found = [_loop(snapshot, clones), _p95(snapshot, clones), _capacity(snapshot, clones)]
    return tuple(expectation for expectation in found if expectation is not None)


def loop_expectation(now: float, low: float, high: float | None) -> Expectation:
    """How busy each loop is, 0 to 1."""
    high = None if high is None else min(1.0, high)
    return Expectation("loop_utilization", "Event loop busy", "1", now, min(1.0, low), high)


def calmer_loop(processes: tuple[Process, ...]) -> tuple[Expectation, ...]:
    """Loops that have their processor are busy as long as they compute, or little longer (C3)."""
    now = stats.mean([p.loop(NOW) for p in processes])
    low = min(now, stats.mean([p.cpu_main(NOW) for p in processes]))
    if math.isnan(now + low):
        return ()
    return (loop_expectation(now, low, max(low, min(now, low + GAP))),)


def of_fewer(snapshot: Snapshot, after: int) -> Expectation:
    """How busy each loop is once so many share the work of all on the same machines."""
    mean = _shared(snapshot, after, SIZING)
    return loop_expectation(snapshot.loop(SIZING), mean * 0.9, mean * 1.1)


def delay_expectation(now: float, low: float, high: float | None) -> Expectation:
    """The longest time that the loop is blocked, in seconds."""
    return Expectation("loop_delay_max", "Longest block", "s", now, low, high)


def without_task(task: Task, beside: float = 0.0) -> Expectation:
    """The longest block once the heavy work is elsewhere: the next longest, which chance makes half or twice as long.

    `beside` are the seconds of what the loop does in its place.
    """
    high = min(task.seconds, 2 * task.rest + beside)
    return delay_expectation(task.seconds, min(task.rest, task.seconds) / 2, high)


def _loop(snapshot: Snapshot, clones: Clones) -> Expectation:
    mean = snapshot.work(NOW) / clones.after
    if clones.spare is not None:
        mean = _shared(snapshot, clones.after, NOW)
    # Work is conserved to 10 % (P1).
    return loop_expectation(snapshot.loop(NOW), mean * 0.9, None if is_censored(snapshot) else mean * 1.1)


def _shared(snapshot: Snapshot, copies: int, seconds: float) -> float:
    """How busy each of these copies is if they share the work of all processes evenly, on the same machines."""
    return evened(snapshot, [process.loop(seconds) for process in snapshot.processes], copies)


def evened(snapshot: Snapshot, loops: Iterable[float], copies: int) -> float:
    """How busy each of these copies is if they share the work of these loops evenly, on the same machines.

    A loop that waits for a processor counts as busy, and copies that work at the same time wait for more of them.
    """
    known = [loop for loop in loops if not math.isnan(loop)]
    machine = snapshot.busiest_machine(SIZING)
    if machine is None or not known:
        return sum(known) / copies if known else math.nan
    used = machine.cores * machine.cpu(SIZING)
    return crowding.evened(known, copies, machine.cores, used, control_groups.hosts(snapshot))


def _lengthened(snapshot: Snapshot, copies: int) -> float:
    """How many times as long a request then keeps its loop busy; 1 where that is not known."""
    now = snapshot.work(SIZING)
    return _shared(snapshot, copies, SIZING) * copies / now if now > 0 else 1.0


def _p95(snapshot: Snapshot, clones: Clones) -> Expectation | None:
    now, service = snapshot.p95(LONG), snapshot.service_time(LONG)
    if math.isnan(now) or math.isnan(service):
        return None
    before, elsewhere, modelled = _today(snapshot, clones.before)
    longer = 1.0 if clones.spare is None else _lengthened(snapshot, clones.after)
    service *= longer
    queue = replace(before, service=before.service * longer, copies=clones.after, policy=clones.policy)
    then = queue.response(0.95, elsewhere)
    if math.isinf(then):
        return None
    scaled = now * then / modelled if math.isfinite(modelled) else then
    # E2: 10 % off on average, 52 % at most where the spread is inferred; wider near saturation.
    width = 1.5 if before.utilization >= 0.9 else 1.25
    # Servers measure from the moment that the loop takes a request up, so waits may be hidden: then the
    # scaled figure falls below the work itself, which copies do not shorten.
    most = now * max(1.0, longer)
    low, high = max(service + elsewhere, min(then, scaled) / width), min(most, max(then, scaled) * width)
    return Expectation(
        "p95", "95% of requests within", "s", now, min(low, high), None if is_censored(snapshot) else high
    )


@remembered
def _today(snapshot: Snapshot, copies: int) -> tuple[Queue, float, float]:
    """The queue before today's copies, what a request does elsewhere in seconds, and the p95 that they make."""
    rate, service, p95 = snapshot.rps(LONG), snapshot.service_time(LONG), snapshot.p95(LONG)
    spread = inferred_spread(rate, service, copies, p95, _elsewhere(snapshot, Queue(rate, service, 1.0, copies)))
    queue = Queue(rate, service, spread, copies)
    elsewhere = _elsewhere(snapshot, queue)
    return queue, elsewhere, queue.response(0.95, elsewhere)


def _elsewhere(snapshot: Snapshot, queue: Queue) -> float:
    """Mean seconds of a request that are neither work of the loop nor waiting for it."""
    _, wait = queue.waiting()
    return max(0.0, snapshot.latency(LONG).mean - queue.service - wait) if math.isfinite(wait) else 0.0


def _capacity(snapshot: Snapshot, clones: Clones) -> Expectation | None:
    rate, busy = snapshot.rps(NOW), snapshot.loop(NOW)
    if not (rate > 0 and busy > 0):
        return None
    now = rate / busy
    grown = _scaled(clones.after) / _scaled(clones.before)
    low, high = now * grown, now * clones.after / clones.before
    cost = snapshot.cpu(NOW) / rate
    if clones.spare is not None and cost > 0:
        low = min(low, rate + clones.spare * SECOND_THREAD / cost)
        high = min(high, rate + clones.spare / cost)
    high = max(low, high)
    return Expectation("capacity", "Highest load", "{request}/s", now, low, None if is_censored(snapshot) else high)


def _scaled(copies: int) -> float:
    return copies / (1 + CONTENTION * (copies - 1))
