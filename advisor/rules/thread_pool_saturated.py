"""Thread pool saturated

## What it sees
Requests to libuv's pool of threads wait {wait:.3g} s or longer for a free one, in at least half of the samples of five
minutes and of the last one; or its threads compute {full:.0%} of the time, and so busy they make a mean request wait
as long. And that is {felt:.0%} of the time of a request of some route or more, while the event loop is less than
{busy:.0%} busy.

## Why it matters
Files, names of hosts, part of cryptography and compression run on a pool that the whole process shares: of 4 threads,
unless UV_THREADPOOL_SIZE says otherwise.
When all are taken, a read of a small file waits behind a slow name server, and the event loop is idle meanwhile.

## What to do
Find who fills the pool. Where the threads wait (names of hosts, slow disks), more threads are cheap: set
UV_THREADPOOL_SIZE. Where they compute, more threads than cores help nobody: do less, or elsewhere.

## Known limits
One look a sample, and one a second while there is a queue. A block of the event loop delays what the pool answers, so
it is taken off. Slow answers of a disk or name server alone are no queue: they are silent here until all threads wait
for them. Where the process has worker threads, keeps more cores at work than its pool has threads, or collects garbage
{collecting:.0%} of the time, what its pool computes is not known, and only looks count. Threads of native code that
compute less than that are taken for the pool's. Where the process neither listens nor answers, as the worker of a
queue, this is information and no warning.

## References
- [Node.js: UV_THREADPOOL_SIZE](https://nodejs.org/api/cli.html#uv_threadpool_sizesize)
- [libuv: thread pool work scheduling](https://docs.libuv.org/en/v1.x/threadpool.html)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule, at_least, below
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import counted, duration, number, percent
from advisor.features import Snapshot, control_groups, routes, stats, thread_pool
from advisor.features.impact import is_alone
from advisor.features.process import Process
from advisor.features.snapshot import ENOUGH_REQUESTS
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=("threadpool_wait",),
    suggests=("async-io", "optimise-code", "cluster", "worker-threads", "vertical"),
    window=thread_pool.WINDOW,
    hold=150.0,  # half of the window must wait before, so five minutes in all; a job of four is none of this
    clear_hold=300.0,
    place=7,
    explained_by=("host-cpu-saturated", "event-loop-saturated"),
    wait=Limit(0.020, "s", "judgement: a random request that waits in half of the cases means 4 threads 70% busy or "
               "more (Erlang C), and 20 ms is more than any file in the cache takes"),
    relaxed=Limit(0.010, "s", "half of it, so that noise does not reopen it", at_most="wait"),
    felt=Limit(0.2, "1", "a fifth of a request's time, as for pools of connections (decision model C7)"),
    busy=Limit(0.80, "1", "above it the loop itself is late to look at what the pool answers"),
    full=Limit(thread_pool.FULL, "1", "of four threads so busy 43% of requests wait, of one 70% (Erlang C)",
               fixed=True),
    collecting=Limit(thread_pool.COLLECTING, "1", "judgement: V8 collects with threads beside the main one as well; "
                     "below it they compute less than a thread of the pool", fixed=True),
    critical=Limit(0.500, "s", "judgement: beyond half a second every request that reads a file is slow to people"),
)  # fmt: skip


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Look at the process whose requests wait longest."""
    process = thread_pool.longest(snapshot.processes, rule.window)
    if process is None:
        return Reading(Condition.UNKNOWN, missing=("Five minutes of waits for the thread pool: load the probe",))
    wait = thread_pool.lasting_wait(process, rule.window)
    evidence = _evidence(process, wait)
    return Reading(
        condition=_condition(wait, evidence),
        claim=_claim(snapshot, process, wait),
        evidence=evidence,
        severity=_severity(process, wait),
        confidence=_confidence(process, wait),
    )


def _severity(process: Process, wait: float) -> Severity:
    if is_alone(process, rule.window):
        return Severity.INFO
    return Severity.CRITICAL if wait >= rule.critical else Severity.WARNING


def _condition(wait: float, evidence: tuple[Evidence, ...]) -> Condition:
    if wait < rule.relaxed:
        return Condition.UNDER
    return Condition.OVER if all(e.holds for e in evidence if e.holds is not None) else Condition.BETWEEN


def _felt(process: Process, wait: float) -> float:
    """That wait of the time of a request, of the route that feels it most; NaN where too few came.

    Requests of other routes may take long for reasons of their own. A route with quicker ones does not wait.
    """
    if wait < rule.relaxed:
        return 0.0
    of_routes = (route.latency for route in routes.table([process], rule.window))
    waiting = (latency for latency in of_routes if latency.mean >= wait)
    told = [latency.mean for latency in (process.latency(rule.window), *waiting) if latency.count >= ENOUGH_REQUESTS]
    return max((wait / mean for mean in told if mean > 0), default=math.nan)


def _evidence(process: Process, wait: float) -> tuple[Evidence, ...]:
    felt, busy, who = _felt(process, wait), process.loop(rule.window), process.name
    beside = thread_pool.beside_main(process, rule.window)
    return (
        at_least("threadpool_wait", "Wait for a thread of the pool", wait, "s",
                 rule.wait, who),
        at_least("threadpool_felt", "That wait, of the time of a request", felt, "1", rule.felt, who),
        below("loop_utilization", "Event loop busy", busy, "1", rule.busy, who),
        Evidence("cpu_beside_main", "Cores at work beside the main thread", finite(beside), "{cpu}", subject=who),
        Evidence("threadpool_size", "Threads of the pool", finite(thread_pool.size(process, rule.window)), "{thread}",
                 subject=who),
        Evidence("threadpool_active", "Most requests for files and names at a time",
                 finite(thread_pool.outstanding(process, rule.window)), "{request}", subject=who),
    )  # fmt: skip


def _confidence(process: Process, wait: float) -> float:
    waits = thread_pool.waits(process, rule.window)
    felt = _felt(process, wait)
    return confidence(
        required=(
            stats.ramp(wait, rule.relaxed, rule.wait),
            1 - stats.ramp(process.loop(rule.window), rule.busy - 0.1, rule.busy),
        ),
        support=(
            sum(one >= rule.relaxed for one in waits) / len(waits),
            0.5 if math.isnan(felt) else stats.ramp(felt, 0.0, rule.felt),
        ),
        coverage=min(stats.coverage(process.track, "threadpool_wait", process.span(rule.window)),
                     process.history(rule.window)),
    )  # fmt: skip


def _claim(snapshot: Snapshot, process: Process, wait: float) -> str:
    if wait < rule.relaxed:
        return f"{snapshot.name}: requests to the thread pool wait {duration(wait)} for a thread"
    one = "" if len(snapshot.processes) == 1 else f" in one of {counted(len(snapshot.processes), 'process')}"
    sentence = f"{snapshot.name}: half of the requests to the thread pool wait {duration(wait)} or longer{one}"
    if thread_pool.usual_wait(process, rule.window) < wait:
        threads = counted(round(thread_pool.size(process, rule.window)), "thread")
        full = percent(thread_pool.busy(process, rule.window))
        return (
            f"{snapshot.name}: the pool of {threads} is {full} busy{one}, and a request waits {duration(wait)} for it"
        )
    group = control_groups.of(snapshot, process)
    doing = thread_pool.doing(process, rule.window, group.cores if group else math.nan)
    beside = thread_pool.beside_main(process, rule.window)
    if doing is thread_pool.Doing.COMPUTING:
        return f"{sentence}, and its threads compute on {number(beside)} {'core' if number(beside) == '1' else 'cores'}"
    if doing is thread_pool.Doing.WAITING:
        return f"{sentence}, while its threads use {percent(beside)} of a core: they wait for disks or name servers"
    return sentence
