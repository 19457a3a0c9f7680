"""Move heavy work to worker threads

## When it fits
Single pieces of work hold the event loop for {task:.3g} s or longer: image work, compression, cryptography,
big JSON, long calculations. A pool of threads does them beside the loop, which stays free for the rest.

## When it does not
Pieces shorter than {task:.3g} s: handing them over costs about as much as doing them. A loop that waits in a
synchronous call instead of computing: use the asynchronous call. Garbage collection: it stops the threads
of its own heap, whoever made the garbage. Never start a thread per request.

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

import json
import math
import re
from dataclasses import dataclass

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.prediction import LONG, NOW, SIZING, delay_expectation, is_censored, loop_expectation
from advisor.diagnosis.words import counted, duration, number, percent
from advisor.features import Snapshot
from advisor.features.cause import GAP, Cause, cause_of_blocks
from advisor.features.process import Process
from advisor.features.queueing import pool_size
from advisor.features.routes import Route
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.OFFLOADING,
    name="A pool of worker threads",
    effort="1 to 3 days",
    risk="medium: code that shares state must be split",
    task=Limit(0.010, "s", "below this the messages to and from a thread cost as much as they save"),
    handover=Limit(0.10, "1", "share of the moved work that stays on the loop as messages"),
    spare=Limit(0.5, "{cpu}", "with less the pool makes the loop responsive, but adds no throughput"),
    cramped=Limit(0.8, "1", "what is left of the confidence without a spare core"),
)

BLOCKED = "event-loop-blocked"
WINDOW = 600.0  # seconds in which that rule looks for blocks


@dataclass(frozen=True, slots=True)
class Task:
    """The heavy work of one process.

    Attributes:
        process: who does it.
        seconds: how long one piece of it holds the loop.
        share: how much of all time it takes, 0 to 1.
        rest: the longest block without it, in seconds.
    """

    process: Process
    seconds: float
    share: float
    rest: float


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Name the heavy work and size a pool for it by P4, or say which number forbids it."""
    task = _blocking(snapshot) if ruling.rule == BLOCKED else _heavy_requests(snapshot)
    if task is None:
        return strategy.reject("0 processes report how long single requests hold the loop.")
    refusal = _refusal(snapshot, ruling, task)
    return strategy.reject(refusal) if refusal else _option(snapshot, ruling, task)


def _blocking(snapshot: Snapshot) -> Task | None:
    process = snapshot.most_blocked(WINDOW)
    if process is None:
        return None
    blocks = process.blocks(process.span(WINDOW))
    longest = float(blocks.max())
    small = blocks[blocks < longest / 2]
    rest = max(float(small.max()) if small.size else 0.0, process.gc_pause(WINDOW))
    return Task(process, longest, process.blocked_share(WINDOW), rest)


def _heavy_requests(snapshot: Snapshot) -> Task | None:
    """The mean request's time on the loop stands for its pieces of work, where every request is heavy."""
    process = max(snapshot.processes, key=lambda p: p.loop(NOW), default=None)
    seconds = snapshot.service_time(LONG)
    if process is None or math.isnan(seconds):
        return None
    return Task(process, seconds, process.loop(NOW), seconds * strategy.handover)


def _refusal(snapshot: Snapshot, ruling: Ruling, task: Task) -> str:
    if task.seconds < strategy.task:
        what = "A block" if ruling.rule == BLOCKED else "A request"
        least = duration(strategy.task)
        return f"{what} holds the loop for {duration(task.seconds)}; handing work over pays from {least}."
    cause, gap = cause_of_blocks(task.process, WINDOW, snapshot.machine_of(task.process)), task.process.gap(WINDOW)
    if cause is Cause.WAITING or gap >= GAP:
        busy = task.process.elu(WINDOW)
        return (
            f"The loop is {percent(busy)} busy but computes {percent(busy - gap)} of the time: it waits in a "
            "synchronous call or for a processor. Use the asynchronous call."
        )
    if cause is Cause.COLLECTION and ruling.rule == BLOCKED:
        return f"Garbage collection pauses of {duration(task.process.gc_pause(WINDOW))} explain the blocks."
    machine = snapshot.machine_of(task.process)
    if machine is not None and machine.spare(SIZING) < strategy.spare and ruling.rule != BLOCKED:
        idle = number(max(0.0, machine.spare(SIZING)))
        return f"Only {idle} cores on {machine.name} are idle: threads would share them."
    return ""


def _option(snapshot: Snapshot, ruling: Ruling, task: Task) -> Option:
    threads = _threads(snapshot, task)
    machine = snapshot.machine_of(task.process)
    cramped = machine is not None and machine.spare(SIZING) < strategy.spare
    only = " No core is idle, so it makes the service responsive but not faster." if cramped else ""
    return strategy.option(
        f"Move the work that holds the loop to {counted(threads, 'worker thread')}",
        why=(
            f"One piece of work holds the loop for up to {duration(task.seconds)}, {percent(task.share)} of all "
            f"time. In a pool it runs beside the loop and nobody waits for it.{_first_look(snapshot, task)}{only}"
        ),
        confidence=ruling.reading.confidence * (strategy.cramped if cramped else 1.0),
        cost=f"about {10 * threads} MB memory per process",
        expected=_expected(snapshot, ruling, task),
        steps=_steps(threads, _suspect(snapshot, task)),
        check_first=(
            "Check with a profiler (node --cpu-prof) which function it is, and that it needs plain data only: no "
            "request, response or connection objects."
        ),
    )


def _threads(snapshot: Snapshot, task: Task) -> int:
    machine = snapshot.machine_of(task.process)
    free = 1
    if machine is not None and not math.isnan(machine.cores):
        free = math.floor(machine.cores) - snapshot.busy_loops(machine, NOW)
    # A task may wait as long as it runs: then it answers within twice its own time.
    return pool_size(task.share, task.seconds, budget=task.seconds, most=max(1, free))


def _suspect(snapshot: Snapshot, task: Task) -> Route | None:
    """The slowest of the routes that can hold the loop that long."""
    heavy = [r for r in snapshot.routes(WINDOW) if r.latency.quantile(1.0) >= task.seconds / 2]
    return max(heavy, key=lambda route: route.latency.quantile(0.5), default=None)


def _first_look(snapshot: Snapshot, task: Task) -> str:
    route = _suspect(snapshot, task)
    if route is None:
        return ""
    return f" The first to look at is {route.name}, which takes {duration(route.latency.quantile(0.5))} in the median."


def _expected(snapshot: Snapshot, ruling: Ruling, task: Task) -> tuple[Expectation, ...]:
    """P4's neighbour: the loop loses the moved share but for its messages; the next longest block remains."""
    busy = task.process.loop(NOW)
    moved = min(task.share, busy)
    low = max(0.0, busy - moved)
    loop = loop_expectation(busy, low, None if is_censored(snapshot) else low + moved * 2 * strategy.handover)
    if ruling.rule != BLOCKED:
        return (loop,)
    return delay_expectation(task.seconds, min(task.rest, task.seconds) / 2, min(task.seconds, task.rest * 1.5)), loop


def _steps(threads: int, suspect: Route | None) -> tuple[Step, ...]:
    named = re.fullmatch(r"(GET|POST|PUT|PATCH|DELETE) (/.*)", suspect.name) if suspect else None
    method, path = (named[1].lower(), named[2]) if named else ("get", "/report")
    return (
        Step("Add the pool.", file="shell", code="npm install piscina"),
        Step("Put the heavy function into a file of its own; it takes and returns plain data.",
             file="heavy.mjs", code=_WORKER),
        Step("Make one pool at start and call it where the function was called.", file="server.mjs",
             code=_POOL.format(threads=threads, method=method, path=json.dumps(path))),
        Step("Large buffers: list them in `transferList`, or share them with SharedArrayBuffer; copies hold the loop."),
    )  # fmt: skip


_WORKER = """export default function heavy(input) {
  return compute(input); // the synchronous work that held the loop
}
"""

_POOL = """import {{ Piscina }} from "piscina";

const pool = new Piscina({{
  filename: new URL("./heavy.mjs", import.meta.url).href,
  maxThreads: {threads},
  maxQueue: 1000, // then run() rejects
}});

app.{method}({path}, async (request, response) => {{
  try {{
    response.json(await pool.run(request.query));
  }} catch {{
    response.sendStatus(503); // the queue is full: refuse instead of piling up
  }}
}});
"""
