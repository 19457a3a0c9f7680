"""Use the asynchronous calls

## When it fits
The event loop is held while its code computes nothing: it is in a synchronous call (`readFileSync`, `execSync`), at
least {gap:.0%} of the time or half of the time that it is busy. What the kernel computes for the call counts as well:
it does so beside the loop for an asynchronous one. Or requests for files and names of hosts wait for a
free thread of libuv's pool although its threads compute little: then a bigger pool lets them wait side by side.

## When it does not
A loop that computes: asynchronous calls take as long. A host without free processors makes every loop look as if it
waited. A pool whose threads compute and leave less than {spare:.1g} cores idle: more threads only take turns.

## How
Find the call (`node --trace-sync-io`, or the line that the probe names) and take its asynchronous twin. Read what
never changes once, before the service listens. For a full pool, set UV_THREADPOOL_SIZE before the process starts.

## What it costs
Hours of code for a call: functions up to it become `async`. A thread of the pool takes about 100 KB of memory.

## How to verify
The longest block falls to that of the next longest work; the loop is no longer busy without computing. For the pool:
the wait for a thread falls below {wait:.3g} s.

## References
- [Node.js: blocking and non-blocking](https://nodejs.org/en/learn/asynchronous-work/overview-of-blocking-vs-non-blocking)
- [Node.js: --trace-sync-io](https://nodejs.org/api/cli.html#--trace-sync-io)
- [Node.js: UV_THREADPOOL_SIZE](https://nodejs.org/api/cli.html#uv_threadpool_sizesize)
"""

from __future__ import annotations

import math
import shlex

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.prediction import loop_expectation, without_task
from advisor.diagnosis.recipes import linux
from advisor.diagnosis.words import counted, duration, number, percent
from advisor.features import Snapshot, control_groups, places, thread_pool
from advisor.features.cause import GAP, Cause, busy_at_least, cause_of_blocks, computing
from advisor.features.process import Process
from advisor.features.task import WINDOW, Task, blocking_task
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.TUNING,
    name="Asynchronous calls",
    effort="hours",
    risk="low: the same work, but callers must wait for a promise",
    gap=Limit(
        GAP, "1", "measured: a computing loop stays below 15%, a starved or waiting one shows far more", fixed=True
    ),
    left=Limit(0.5, "1", "of the moved time at most this much may stay: other synchronous calls behind the first"),
    wait=Limit(0.010, "s", "where the rule of the thread pool counts its queue as gone"),
    most=Limit(64, "{thread}", "judgement: 16 times the usual; beyond it disks and name servers are the limit"),
    least=Limit(8, "{thread}", "a step below doubling is not worth a restart"),
    spare=Limit(0.5, "{cpu}", "cores that idle beside threads that compute all the time: there are too few of them"),
    busy_pool=Limit(0.6, "1", "sized so that its threads are busy 60% of the time, as loops are (P1)"),
)

BLOCKED, POOL = "event-loop-blocked", "thread-pool-saturated"


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Name the call that the loop waits in, or size the pool; or say how much the loop computes."""
    if ruling.rule == POOL:
        return _pool(snapshot, ruling)
    task = blocking_task(snapshot, WINDOW)
    if ruling.rule != BLOCKED or task is None:
        gap = snapshot.gap(WINDOW)
        if math.isnan(gap):
            return strategy.reject("0 processes tell both how busy the loop is and how long it is blocked.")
        return strategy.reject(f"The loop is busy without computing {percent(max(0.0, gap))} of the time: no call to "
                               "take out of it stands out.")  # fmt: skip
    cause = cause_of_blocks(task.process, WINDOW, snapshot.machine_of(task.process))
    if cause is Cause.COLLECTION:
        pause = duration(task.process.gc_pause(WINDOW))
        return strategy.reject(f"Garbage collection pauses of {pause} explain the blocks, not a call.")
    if cause is not Cause.WAITING:
        return strategy.reject(_computing(task.process))
    return _calls(snapshot, ruling, task)


def _computing(process: Process) -> str:
    busy, main = busy_at_least(process, WINDOW), computing(process, WINDOW)
    if math.isnan(main):
        return f"The loop is {percent(busy)} busy, and how much of it is computing is not measured."
    return (
        f"The loop is {percent(busy)} busy and computes {percent(main)} of the time: it works, or waits for a "
        "processor, while it is blocked. An asynchronous call takes as long."
    )


def _calls(snapshot: Snapshot, ruling: Ruling, task: Task) -> Option:
    process = task.process
    found = places.blockers(snapshot, WINDOW, process.instance.id)
    place = found[0] if found else None
    where = f"in {place.words} " if place else ""
    busy, main = busy_at_least(process, WINDOW), computing(process, WINDOW)
    named = (
        f" {percent(place.share)} of the blocks that were told of stand {place.where}."
        if place
        else " No event names the line yet: blocks of 200 ms and more are named by the probe."
    )
    return strategy.option(
        f"Take the synchronous call {where}out of the loop, which holds it for up to {duration(task.seconds)}",
        why=(
            f"The loop is {percent(busy)} busy but its code computes {percent(main)} of the time: the rest it is in a "
            f"call, and every other request waits with it. An asynchronous call is done beside the loop.{named}"
        ),
        confidence=ruling.reading.confidence,
        cost="none but the code",
        expected=_expected(task, busy),
        steps=_steps(process.instance.script or "server.js", place),
        check_first=(
            "Check that callers can wait for a promise, and that nothing relies on the call being done when the "
            "function returns."
        ),
    )


def _expected(task: Task, busy: float) -> tuple[Expectation, ...]:
    moved = min(task.share, busy)
    now = task.process.loop(WINDOW)  # a minute may have had more of the blocks than were counted, or fewer
    return (
        without_task(task),
        loop_expectation(now, max(0.0, now - moved), max(0.0, now - moved * (1 - strategy.left))),
    )


def _steps(script: str, place: places.Place | None) -> tuple[Step, ...]:
    comment = f"// {place.where}\n" if place else ""
    return (
        Step("Find every synchronous call that is made after the start: each is printed with its line.",
             file="shell", code=f"node --trace-sync-io {shlex.quote(script)}"),
        Step("Files: take the promises.", file=place.file if place else "", code=comment + _FILES),
        Step("Child processes: take execFile, with a limit on how many run at a time.", code=_CHILDREN),
        Step("Cryptography and compression: they compute in libuv's pool instead of on the loop.", code=_POOLED),
        Step("What never changes (templates, keys, configuration) is read once, before the service listens. "
             "There the synchronous call is fine."),
    )  # fmt: skip


def _pool(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    process = thread_pool.longest(snapshot.processes, thread_pool.WINDOW)
    if process is None:
        return strategy.reject("0 processes measure how long requests wait for a thread of the pool.")
    group = control_groups.of(snapshot, process)
    cores, spare = (group.cores, group.spare(thread_pool.WINDOW)) if group else (math.nan, math.nan)
    beside = thread_pool.beside_main(process, thread_pool.WINDOW)
    doing, size = thread_pool.doing(process, thread_pool.WINDOW, cores), _size(process)
    if doing is not thread_pool.Doing.COMPUTING:
        threads = _threads(process, size)
        if threads <= size:
            return strategy.reject(f"The pool has {size} threads already: more of them wait for the same.")
        return _bigger(snapshot, ruling, process, threads, size / threads, _SIDE_BY_SIDE.format(threads=threads))
    threads = max(math.floor(cores), min(thread_pool.THREADS, 2 * size)) if cores > size else 0
    if threads > size:
        gain = f"They compute, on {number(beside)} of {number(cores)} cores: more of them use the others."
        return _bigger(snapshot, ruling, process, threads, size / min(threads, cores), gain)
    if not spare >= strategy.spare:
        return strategy.reject(
            f"The pool's threads compute on {number(beside)} of {number(cores)} cores: more of them would take turns."
        )
    threads = int(max(strategy.least, 2 * size))
    return _bigger(snapshot, ruling, process, threads, beside / (beside + spare), _gain(process, beside, spare))


def _tells(process: Process) -> bool:
    return not math.isnan(thread_pool.size(process, thread_pool.WINDOW))


def _size(process: Process) -> int:
    return int(thread_pool.size(process, thread_pool.WINDOW)) if _tells(process) else thread_pool.THREADS


def _threads(process: Process, size: int) -> int:
    # Little: what is out at a time is what threads would be busy with, if each had one.
    out = thread_pool.outstanding(process, thread_pool.WINDOW)
    wanted = 0 if math.isnan(out) else math.ceil(out / strategy.busy_pool)
    return int(min(strategy.most, max(strategy.least, 2 * size, wanted)))


def _bigger(snapshot: Snapshot, ruling: Ruling, process: Process, threads: int, left: float, gain: str) -> Option:
    """So many threads, with which `left` of the wait is left."""
    wait = thread_pool.longest_wait(process, thread_pool.WINDOW)
    out = thread_pool.outstanding(process, thread_pool.WINDOW)
    many = f" Up to {counted(round(out), 'request')} for files and names are out at a time." if out >= 1 else ""
    return strategy.option(
        f"Give the thread pool {threads} threads{f' instead of {_size(process)}' if _tells(process) else ''}",
        why=f"Requests wait up to {duration(wait)} for one of the pool's threads.{many} {gain}",
        confidence=ruling.reading.confidence,
        cost=f"about {number(0.1 * (threads - _size(process)))} MB memory per process",
        expected=(
            Expectation("threadpool_wait", "Longest wait for a thread of the pool", "s", wait, 0.0,
                        min(wait, max(strategy.wait, wait * left))),
        ),
        steps=(
            Step("Set it before the process starts; the pool takes its size with its first use.", "PM2",
                 "ecosystem.config.cjs, in the app's entry", f'env: {{ UV_THREADPOOL_SIZE: "{threads}" }},'),
            *linux.drop_in("Set it before the process starts.", snapshot.name, "threads",
                           f"[Service]\nEnvironment=UV_THREADPOOL_SIZE={threads}\n"),
            Step("Names of hosts: keep connections to other services open (one agent or pool for each), so that a name "
                 "is looked up once for many requests."),
        ),
        check_first=(
            "Check where UV_THREADPOOL_SIZE is set already, and that disks and name servers are not slow themselves: "
            "then more threads wait for the same."
        ),
    )  # fmt: skip


def _gain(process: Process, beside: float, idle: float) -> str:
    fewer = f"there are fewer than the usual {thread_pool.THREADS} (UV_THREADPOOL_SIZE is set), or they also wait"
    return (
        f"They keep {number(beside)} of the cores at work while {number(idle)} idle: "
        f"{'they also wait' if _tells(process) else fewer}. More of them use what idles."
    )


_SIDE_BY_SIDE = (
    "With {threads} threads they wait for disks and name servers side by side instead of one behind the other."
)

_FILES = """import { readFile } from "node:fs/promises";

const text = await readFile(path, "utf8"); // instead of readFileSync(path, "utf8")
"""

_CHILDREN = """import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const { stdout } = await run(command, args, { timeout: 10_000 }); // instead of execFileSync(command, args)
"""

_POOLED = """import { scrypt } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const key = await promisify(scrypt)(password, salt, 64); // instead of scryptSync(password, salt, 64)
const packed = await promisify(gzip)(body); // instead of gzipSync(body)
"""
