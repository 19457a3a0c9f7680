"""Move heavy work to worker threads

## When it fits
Single pieces of work hold the event loop for {task:.3g} s or longer: image work, compression, cryptography,
big JSON, long calculations. A pool of threads does them beside the loop, which stays free for the rest.

## When it does not
Pieces shorter than {task:.3g} s: handing them over costs about as much as doing them. A loop that waits in a
synchronous call instead of computing: use the asynchronous call. Garbage collection: it stops the threads
of its own heap, whoever made the garbage. A service that waits for others, or a host without processors to spare:
threads wait as long, and share what is short. Never start a thread per request.

## How
Keep a pool (`piscina`, `workerpool`) of as many threads as there are idle cores, and send it the heavy call.
Large buffers are transferred or shared, not copied.

## What it costs
About 10 MB of memory per thread, and code: the work must be a function of plain data.

## How to verify
The longest block falls to that of the next heaviest work; light routes answer alike at any time.

## References
- [Node.js: worker threads](https://nodejs.org/api/worker_threads.html)
- [Piscina](https://github.com/piscinajs/piscina)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Strategy
from advisor.diagnosis.prediction import LONG, NOW, SIZING, is_censored, loop_expectation, without_task
from advisor.diagnosis.recipes import worker_pool
from advisor.diagnosis.vetoes import deciding
from advisor.diagnosis.words import counted, duration, number, percent
from advisor.features import Snapshot, control_groups, places
from advisor.features.cause import GAP, Cause, busy_at_least, cause_of_blocks, computing
from advisor.features.control_groups import ControlGroup
from advisor.features.places import Place
from advisor.features.queueing import pool_size
from advisor.features.route_cost import OTHERS, RouteCost, route_costs
from advisor.features.task import WINDOW, Task, blocking_task
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.OFFLOADING,
    name="A pool of worker threads",
    effort="1 to 3 days",
    risk="medium: code that shares state must be split",
    task=Limit(0.010, "s", "below this the messages to and from a thread cost as much as they save"),
    message=Limit(0.004, "s", "measured: 75 KB of plain objects to a thread and back; 7 KB take a tenth of it"),
    timed=Limit(0.05, "1", "blocks are timed this well: in the lab they were 1% and 5% off"),
    spare=Limit(0.5, "{cpu}", "with less the pool makes the loop responsive, but adds no throughput"),
    cramped=Limit(0.8, "1", "what is left of the confidence without a spare core"),
    named=Limit(0.5, "1", "a function is named if it has at least half of what events tell"),
)

BLOCKED, COLLECTING, POOL = "event-loop-blocked", "gc-pressure", "thread-pool-saturated"

_NOT_THE_LOOP: Final[Mapping[str, str]] = {
    "host-cpu-saturated": "Threads share the processors that are short",
    "downstream-bound": "A thread waits for an answer as long as the loop does",
}
"""Rule -> why threads do not help, whatever single requests take of the loop (decision model C3, C7)."""


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Name the heavy work and size a pool for it by P4, or say which number forbids it."""
    if ruling.rule in (COLLECTING, POOL, *_NOT_THE_LOOP):
        return strategy.reject(_another_trouble(snapshot, ruling))
    task = blocking_task(snapshot, WINDOW) if ruling.rule == BLOCKED else _heavy_requests(snapshot)
    if task is None:
        return strategy.reject("0 processes report how long single requests hold the loop.")
    refusal = _refusal(snapshot, ruling, task)
    return strategy.reject(refusal) if refusal else _option(snapshot, ruling, task)


def _another_trouble(snapshot: Snapshot, ruling: Ruling) -> str:
    if ruling.rule in _NOT_THE_LOOP:
        return f"{_NOT_THE_LOOP[ruling.rule]} ({deciding(snapshot, ruling)})."
    if ruling.rule == POOL:
        busy = percent(snapshot.loop(WINDOW))
        return f"The loop is {busy} busy: the threads of libuv's pool are short, and worker threads use the same pool."
    share = percent(max((p.gc_share(WINDOW) for p in snapshot.processes), default=0.0))
    return f"Garbage collection takes {share} of the time: work that moves to a thread takes its garbage along."


def _heavy_requests(snapshot: Snapshot) -> Task | None:
    """The dearest route with heavy requests; where routes cannot be told apart, the mean request stands for all."""
    process = max(snapshot.processes, key=lambda p: p.loop(NOW), default=None)
    mean = snapshot.service_time(LONG)
    if process is None or math.isnan(mean):
        return None
    route = _heavy_route(snapshot, strategy.task)
    if route is None:
        return Task(process, mean, mean, process.loop(NOW), min(mean, strategy.message))
    others = [cost.seconds for cost in route_costs(snapshot, WINDOW).routes if cost.name != route.name]
    return Task(process, route.seconds, route.seconds, process.loop(NOW) * route.share, max(others, default=0.0))


def _heavy_route(snapshot: Snapshot, least: float) -> RouteCost | None:
    """The route with the most loop time of those whose requests hold the loop so long, by regression."""
    costs = route_costs(snapshot, WINDOW).routes
    return next((cost for cost in costs if cost.seconds >= least and cost.name != OTHERS), None)


def _refusal(snapshot: Snapshot, ruling: Ruling, task: Task) -> str:
    if task.seconds < strategy.task:
        what = "A block" if ruling.rule == BLOCKED else "A request"
        least = duration(strategy.task)
        return f"{what} holds the loop for {duration(task.seconds)}; handing work over pays from {least}."
    cause, gap = cause_of_blocks(task.process, WINDOW, snapshot.machine_of(task.process)), task.process.gap(WINDOW)
    if cause is Cause.WAITING or gap >= GAP:
        busy, main = busy_at_least(task.process, WINDOW), computing(task.process, WINDOW)
        return (
            f"The loop is {percent(busy)} busy but its code computes {percent(main)} of the time: it is in a "
            "synchronous call or waits for a processor. Use the asynchronous call."
        )
    if cause is Cause.COLLECTION and ruling.rule == BLOCKED:
        return f"Garbage collection pauses of {duration(task.process.gc_pause(WINDOW))} explain the blocks."
    group = control_groups.of(snapshot, task.process)
    if group is not None and group.spare(SIZING) < strategy.spare and ruling.rule != BLOCKED:
        idle = number(max(0.0, group.spare(SIZING)))
        whose = "of its quota " if group.is_bound else ""
        return f"Only {idle} cores {whose}on {group.machine.name} are idle: threads would share them."
    return ""


def _option(snapshot: Snapshot, ruling: Ruling, task: Task) -> Option:
    threads = _threads(snapshot, task)
    only = _only(control_groups.of(snapshot, task.process))
    place, route = _place(snapshot, ruling, task), _suspect(snapshot, task)
    work = worker_pool.Work(threads, route, place.function, place.where) if place else worker_pool.Work(threads, route)
    return strategy.option(
        f"Move {place.words if place else 'the work that holds the loop'} to {counted(threads, 'worker thread')}",
        why=(
            f"One piece of work holds the loop for up to {duration(task.seconds)}, {percent(task.share)} of all "
            f"time. In a pool it runs beside the loop and nobody waits for it.{_first_look(snapshot, place, route)}"
            f"{only}"
        ),
        confidence=ruling.reading.confidence * (strategy.cramped if only else 1.0),
        cost=f"about {10 * threads} MB memory per process",
        expected=_expected(snapshot, ruling, task),
        steps=worker_pool.steps(work),
        check_first=(
            "Check "
            + ("" if place else "with a profiler (node --cpu-prof) which function it is, and ")
            + "that it needs plain data only: no request, response or connection objects."
        ),
    )


def _only(group: ControlGroup | None) -> str:
    """What else is to be said where threads and loop have one core, or no idle one; with a space before it."""
    if group is not None and group.cores < 2:
        cores = "one core" if group.cores == 1 else f"{number(group.cores)} cores"
        return f" It may use {cores}, so a thread makes the service responsive but not faster."
    if group is not None and group.spare(SIZING) < strategy.spare:
        return " No core is idle, so it makes the service responsive but not faster."
    return ""


def _place(snapshot: Snapshot, ruling: Ruling, task: Task) -> Place | None:
    """The function that events name for at least half of the blocks, or of the samples of a full loop."""
    find = places.blockers if ruling.rule == BLOCKED else places.profiled
    found = find(snapshot, WINDOW, task.process.instance.id)
    return found[0] if found and found[0].share >= strategy.named else None


def _threads(snapshot: Snapshot, task: Task) -> int:
    group = control_groups.of(snapshot, task.process)
    known = group is not None and not math.isnan(group.cores)
    free = control_groups.without_loop(snapshot, group, NOW) if group and known else 1
    # A task may wait as long as it runs: then it answers within twice its own time.
    return pool_size(task.share, task.seconds, budget=task.seconds, most=max(1, free))


def _suspect(snapshot: Snapshot, task: Task) -> str:
    """The route that costs the loop most, of those that can hold it that long; by durations if costs are not known."""
    by_cost = _heavy_route(snapshot, task.seconds / 2)
    if by_cost is not None:
        return by_cost.name
    heavy = [r for r in snapshot.routes(WINDOW) if r.latency.quantile(1.0) >= task.seconds / 2]
    return max(heavy, key=lambda route: route.latency.quantile(0.5)).name if heavy else ""


def _first_look(snapshot: Snapshot, place: Place | None, route: str) -> str:
    if place is not None:
        return f" It stands {place.where}."
    if not route:
        return ""
    known = next((r.latency for r in snapshot.routes(WINDOW) if r.name == route and r.latency.count), None)
    takes = f", which takes {duration(known.quantile(0.5))} in the median" if known else ""
    return f" The first to look at is {route}{takes}."


def _expected(snapshot: Snapshot, ruling: Ruling, task: Task) -> tuple[Expectation, ...]:
    """P4's neighbour: the loop loses the moved share but for its messages; the next longest block remains."""
    # What blocks take was counted over the longer window: a minute may have had more of them, or fewer.
    busy = task.process.loop(WINDOW if ruling.rule == BLOCKED else NOW)
    moved = min(task.share, busy)
    unsure, messages = moved * strategy.timed, moved / task.usual * strategy.message
    high = min(busy, busy - moved + unsure + messages)
    loop = loop_expectation(busy, max(0.0, busy - moved - unsure), None if is_censored(snapshot) else high)
    if ruling.rule != BLOCKED:
        return (loop,)
    return without_task(task, strategy.message), loop
