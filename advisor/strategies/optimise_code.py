"""Make the dearest code cheaper

## When it fits
One function or one route has {share:.0%} of the event loop's work or more. Or garbage collection takes much of the
time while the heap has room: then the function to look for is the one that makes most garbage, of objects that
outlive the youngest where major collections take the time. Or one process is hotter than its equals because it serves
a dearer route. Or the threads of libuv's pool compute all the time.

## When it does not
Work that is spread evenly: then no single change helps. A loop that waits in a synchronous call. A heap that stays
full after each collection: what is kept is the trouble, not what is made. A pool whose threads wait.

## How
Profile under real load and look at the named function first: `node --cpu-prof` for work; for garbage the sampling
heap profiler of `node:inspector`, since `--heap-prof` shows only what is still alive at the end. Work of the pool is in
no profile of the loop: a trace of `node.threadpoolwork` tells its kinds. Usual finds: work repeated for each request,
big JSON, regular expressions that backtrack, logging of whole objects, the same answer compressed again and again.

## What it costs
Days of a developer, and no machine.

## How to verify
The utilization of the loop at the same load falls; the function's share in a new profile is smaller. Requests wait
less for a thread of the pool.

## References
- [Node.js: profiling](https://nodejs.org/en/learn/getting-started/profiling)
- [Node.js: --cpu-prof](https://nodejs.org/api/cli.html#--cpu-prof)
- [Node.js: trace events](https://nodejs.org/api/tracing.html)
- [DevTools protocol: HeapProfiler.startSampling](https://chromedevtools.github.io/devtools-protocol/v8/HeapProfiler/)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Strategy, dearer
from advisor.diagnosis.prediction import NOW, delay_expectation, is_censored, loop_expectation
from advisor.diagnosis.recipes import profiling
from advisor.diagnosis.words import duration, number, percent
from advisor.features import Snapshot, collection, control_groups, places, thread_pool
from advisor.features.cause import Cause, busy_at_least, cause_of_blocks, computing
from advisor.features.heap import heap_share
from advisor.features.process import Process
from advisor.features.route_cost import heaviest_route
from advisor.features.task import WINDOW, blocking_task
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.REPAIR,
    name="Cheaper code",
    effort="days",
    risk="low: the same results with less work",
    share=Limit(0.5, "1", "below half, even removing it leaves most of the work where it is"),
    least=Limit(0.2, "1", "judgement: what a first look with a profiler nearly always finds in code never profiled"),
    most=Limit(0.8, "1", "judgement: what is left is the work itself; repeated or needless work may vanish"),
    garbage=Limit(0.7, "1", "of the collection time that less garbage saves at best (decision model C6)"),
    older=Limit(0.8, "1", "what is left of the confidence where major collections, or unknown ones, take the time"),
    filled=Limit(0.8, "1", "with this much of the heap kept, collections run because it is full, not for garbage"),
    estimated=Limit(0.6, "1", "what is left of the confidence where shares are those of request durations"),
)  # fmt: skip

BLOCKED, COLLECTING, POOL = "event-loop-blocked", "gc-pressure", "thread-pool-saturated"


@dataclass(frozen=True, slots=True)
class Target:
    """What to look at first.

    Attributes:
        name: a function with its line, or a route.
        share: of the loop's work, 0 to 1.
        how: where the share is from.
        sure: 0 to 1, what is left of the rule's confidence.
    """

    name: str
    share: float
    how: str
    sure: float


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Name the function or route with the most work, or say how little the dearest one has."""
    if ruling.rule == COLLECTING:
        return _of_garbage(snapshot, ruling)
    if ruling.rule == POOL:
        return _of_pool(snapshot, ruling)
    if ruling.rule == dearer.RULE:
        return _of_one_process(snapshot, ruling)
    if ruling.rule == BLOCKED:
        refusal = _not_code(snapshot)
        if refusal:
            return strategy.reject(refusal)
    targets = _targets(snapshot, ruling)
    if not targets:
        return strategy.reject("0 functions and 0 routes are reported with their share of the work.")
    fitting = [target for target in targets if target.share >= strategy.share]
    if not fitting:
        top, limit = max(targets, key=lambda target: target.share), percent(strategy.share)
        return strategy.reject(f"The dearest code, {top.name}, has {percent(top.share)} of the work, below {limit}.")
    return _option(snapshot, ruling, max(fitting, key=lambda target: (target.sure, target.share)))


def _not_code(snapshot: Snapshot) -> str:
    task = blocking_task(snapshot, WINDOW)
    if task is None:
        return "0 processes tell how long their loop is blocked."
    process = task.process
    cause = cause_of_blocks(process, WINDOW, snapshot.machine_of(process))
    if cause is Cause.WAITING:
        busy, main = busy_at_least(process, WINDOW), computing(process, WINDOW)
        return f"The loop is {percent(busy)} busy but its code computes {percent(main)} of the time: it is in a call."
    if cause is Cause.COLLECTION:
        return f"Garbage collection pauses of {duration(process.gc_pause(WINDOW))} explain the blocks."
    return ""


def _targets(snapshot: Snapshot, ruling: Ruling) -> list[Target]:
    """Functions from events, the route from loop time or durations."""
    found = [Target(place.words, place.share, f"by samples of the busy loop, {place.where}", 1.0)
             for place in places.profiled(snapshot, WINDOW)[:1]]  # fmt: skip
    task = blocking_task(snapshot, WINDOW) if ruling.rule == BLOCKED else None
    if task is not None:
        busy = busy_at_least(task.process, WINDOW)
        part = min(1.0, task.share / busy) if busy > 0 else 0.0
        for place in places.blockers(snapshot, WINDOW, task.process.instance.id)[:1]:
            found.append(Target(place.words, place.share * part, f"by the blocks that name it, {place.where}", 1.0))
    route = heaviest_route(snapshot, WINDOW)
    if route is not None:
        found.append(Target(route.name, route.share, route.how, 1.0 if route.measured else strategy.estimated))
    return found


def _option(snapshot: Snapshot, ruling: Ruling, target: Target) -> Option:
    return strategy.option(
        f"Make {target.name} cheaper: it has {percent(target.share)} of the loop's work",
        why=(
            f"{target.name} has {percent(target.share)} of the work of the event loop ({target.how}). Each tenth less "
            f"of it frees {percent(target.share / 10)} of the loop's work, on every copy of the process."
        ),
        confidence=ruling.reading.confidence * target.sure,
        cost="none but the work on it",
        expected=_expected(snapshot, ruling, target),
        steps=profiling.of_work(_script(snapshot)),
        check_first="Check in the profile that it is this code, and that it is not already as cheap as it can be.",
    )


def _expected(snapshot: Snapshot, ruling: Ruling, target: Target) -> tuple[Expectation, ...]:
    """P6 with the share of the work in place of that of static files, less what is left of it."""
    now = snapshot.loop(NOW)
    low, high = (now * (1 - target.share * part) for part in (strategy.most, strategy.least))
    loop = loop_expectation(now, low, None if is_censored(snapshot) else high)
    task = blocking_task(snapshot, WINDOW) if ruling.rule == BLOCKED else None
    if task is None:
        return (loop,)
    shorter = max(min(task.rest, task.seconds), task.seconds * (1 - strategy.most))
    return delay_expectation(task.seconds, shorter, max(shorter, task.seconds * (1 - strategy.least))), loop


def _of_one_process(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    found = dearer.dearer_route(snapshot, WINDOW)
    if isinstance(found, str):
        return strategy.reject(found)
    sure = 1.0 if found.measured else strategy.estimated
    target, hot = Target(found.route, found.share, found.how, sure), found.found.hot.name
    return strategy.option(
        f"Make {found.route} cheaper: it is {percent(found.mine)} of the requests of {hot}",
        why=f"{found.words} Shared out otherwise it would be as dear elsewhere.",
        confidence=ruling.reading.confidence * sure,
        cost="none but the work on it",
        expected=_expected(found.alone, ruling, target),
        steps=(found.who_asks, *profiling.of_work(_script(snapshot))),
        check_first=f"Check why {hot} is asked for it: a balancer that goes by path, cookie or address, or one client.",
    )


def _of_pool(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Threads of the pool that compute are relieved by less of it, or by other machines."""
    process = thread_pool.longest(snapshot.processes, thread_pool.WINDOW)
    if process is None:
        return strategy.reject("0 processes measure how long requests wait for a thread of the pool.")
    group = control_groups.of(snapshot, process)
    cores, beside = group.cores if group else math.nan, thread_pool.beside_main(process, thread_pool.WINDOW)
    doing = thread_pool.doing(process, thread_pool.WINDOW, cores)
    if doing is not thread_pool.Doing.COMPUTING:
        used = "an unknown number of cores" if math.isnan(beside) else f"{number(beside)} cores"
        return strategy.reject(f"The threads of {process.name} beside the main one use {used}: that does not show that "
                               "its pool computes.")  # fmt: skip
    return _less_for_the_pool(snapshot, ruling, process, f"{number(beside)} of {number(cores)} cores")


def _less_for_the_pool(snapshot: Snapshot, ruling: Ruling, process: Process, used: str) -> Option:
    wait = thread_pool.longest_wait(process, thread_pool.WINDOW)
    top = next(iter(snapshot.routes(thread_pool.WINDOW)), None)
    named = f" {top.name} takes {percent(top.time_share)} of the time of requests, this wait included." if top else ""
    return strategy.option(
        "Give the thread pool less to compute, or let another machine do it",
        why=(
            f"The pool's threads compute on {used} (compression, hashes, cryptography), and requests wait up to "
            f"{duration(wait)} for one of them. Each tenth less of that work frees a tenth of those cores.{named}"
        ),
        confidence=ruling.reading.confidence,
        cost="none but the work on it",
        expected=(Expectation("threadpool_wait", "Longest wait for a thread of the pool", "s", wait, 0.0,
                              wait * (1 - strategy.least)),),
        steps=profiling.of_pool(_script(snapshot)),
        check_first="Check in the trace that it is this kind of work. Never make hashes of passwords cheaper.",
    )  # fmt: skip


def _of_garbage(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    process = max(snapshot.processes, key=lambda p: p.gc_share(WINDOW), default=None)
    if process is None:
        return strategy.reject("0 processes report their garbage collection.")
    filled, major = heap_share(snapshot, process, WINDOW), collection.major_share(process, WINDOW)
    if filled >= strategy.filled:
        return strategy.reject(f"The heap is {percent(filled)} full after a collection: what is kept is the trouble.")
    return _less_garbage(snapshot, ruling, process, filled, major)


def _less_garbage(snapshot: Snapshot, ruling: Ruling, process: Process, filled: float, major: float) -> Option:
    share, now, young = process.gc_share(WINDOW), process.loop(NOW), major < 0.5
    low, seen = max(0.0, now - strategy.garbage * share), _seen(filled, major)
    which, part = ("minor collections", share * (1 - major)) if young else ("collections", share)
    return strategy.option(
        f"Make less garbage: {which} take {percent(part)} of the time",
        why=f"Collections take {percent(share)} of the time of the loop{seen}. Fewer, and the time goes to requests.",
        confidence=ruling.reading.confidence * (1.0 if young else strategy.older),
        cost="none but the work on it",
        expected=(loop_expectation(now, low, max(low, now - strategy.least * share)),),
        steps=profiling.of_garbage(_script(snapshot)),
        check_first="Check in the profile which function makes most, and try it under the load of a usual hour.",
    )


def _seen(filled: float, major: float) -> str:
    """What most of the time goes to, and how full the heap stays: each where it is known."""
    kind = "live shortly" if major < 0.5 else "outlive the youngest"
    time = "" if math.isnan(major) else f", {percent(max(major, 1 - major))} of it for objects that {kind}"
    return time if math.isnan(filled) else f"{time}, and the heap is {percent(filled)} full afterwards"


def _script(snapshot: Snapshot) -> str:
    return next((p.instance.script for p in snapshot.processes if p.instance.script), "server.js")
