"""Find and fix the leak

## When it fits
Memory or descriptors of a process grow at equal load and would reach their limit. Only letting go of what is kept
ends that; everything else buys time. Or a process ended whose heap, or was killed whose memory, had risen by
{filled:.0%} of its limit in what is known of its life, with at most {even:.2f} times the requests: one life is no
proof, so that this is less sure.

## When it does not
Growth that the load explains, and caches that fill and then stop. Then nothing leaks.

## How
Memory: compare two heap snapshots of the same process. Descriptors: list what is open by kind, and close it on every
path, also after errors. Until that is done, restart the processes one by one at {early:.0%} of the time to the limit;
where that is two weeks or further away, a release comes first. If the growth began with a release, go back to the one
before.

## What it costs
Days of search. A heap snapshot stops the process for seconds, needs about as much memory again as the heap holds,
and contains everything in it, also secrets.

## How to verify
Over a day or more the growth at equal load is below {left:.0%} of the old one, and its interval holds zero.

## References
- [Node.js: using heap snapshots](https://nodejs.org/en/learn/diagnostics/memory/using-heap-snapshot)
- [Node.js: --heapsnapshot-signal](https://nodejs.org/api/cli.html#--heapsnapshot-signalsignal)
"""

from __future__ import annotations

import math
import shlex
from dataclasses import dataclass

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.growing import is_proven
from advisor.diagnosis.killed import ROSE
from advisor.diagnosis.recipes import heap_snapshots, linux, open_files, pm2
from advisor.diagnosis.recipes.container import label_of
from advisor.diagnosis.words import lasting, number, percent, size
from advisor.features import Snapshot
from advisor.features.before_end import EVEN, RISE, Filled, filled_heap, filled_memory
from advisor.features.process import Process
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.REPAIR,
    name="Find and fix the leak",
    effort="days",
    risk="low: a snapshot stops one process for seconds",
    of_ends=True,
    early=Limit(0.60, "1", "a restart at 60% of the time to the limit leaves room for a load that doubles"),
    rare=Limit(14 * 86_400.0, "s", "with an end as far away as this a release restarts the processes before"),
    left=Limit(0.20, "1", "what may be left of the growth after the fix (decision model C5)"),
    apart=Limit(0.10, "1", "two snapshots that differ by a tenth of the heap show what grows among what changes"),
    filled=Limit(RISE, "1", "of a heap that was full: collections differ by less in what they leave", fixed=True),
    even=Limit(EVEN, "1", "with more requests than that a heap may hold so much more for them", fixed=True),
    once=Limit(0.7, "1", "what is left of the confidence of one life: a cache that fills looks alike"),
)

LONG = 600.0  # seconds over which the present state is read
HOUR = 3600.0

PRESSURE = "memory-pressure"
_OF_DESCRIPTORS = ("descriptor-leak", "descriptor-exhaustion")


@dataclass(frozen=True, slots=True)
class Leak:
    """What a ruling proved.

    Attributes:
        process: where; the one that the ruling names, else the first.
        descriptors: True for those, False for memory.
        slope: bytes or descriptors an hour.
        left: seconds to the limit.
    """

    process: Process
    descriptors: bool
    slope: float
    left: float

    @property
    def words(self) -> str:
        """The slope in words."""
        return f"{number(self.slope)} descriptors" if self.descriptors else size(self.slope)


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Offer it where the ruling's evidence proves growth, and nowhere else."""
    evidence = {e.signal: e.value for e in ruling.reading.evidence}
    if not is_proven(ruling.reading.evidence):
        past = snapshot.recalled(ruling.rule)
        if ruling.rule == PRESSURE and (filled := filled_heap(snapshot, past, LONG)):
            return _of_an_end(snapshot, ruling, filled, "heap", (heap_snapshots.BEFORE_THE_END,))
        if ROSE in evidence and (filled := filled_memory(snapshot, past, LONG)):
            return _of_an_end(snapshot, ruling, filled, "memory", ())
        rising = evidence.get("growth_rising")
        if rising is None:
            return strategy.reject("0 levels are known to grow at equal load.")
        return strategy.reject(
            f"Of all moments at equal load, {percent(rising)} are higher later: that does not prove a leak."
        )
    leak = _leak(snapshot, ruling)
    if leak is None:
        return strategy.reject("0 processes are there that could be looked into.")
    return _option(snapshot, ruling, leak)


def _of_an_end(
    snapshot: Snapshot, ruling: Ruling, filled: Filled, what: str, before: tuple[Step, ...]
) -> Option | Rejection:
    """A heap or the memory of a process that rose until it ended, at an even load; `before` is what to do first."""
    rose = f"A {what} rose by {size(filled.gained)} of {size(filled.limit)} in {lasting(filled.seconds)} before the end"
    if not (filled.is_rising and filled.load <= strategy.even):
        requests = "an unknown number of" if math.isnan(filled.load) else f"{number(filled.load)} times the"
        return strategy.reject(f"{rose}, at {requests} requests: that does not show a leak.")
    process = next(iter(snapshot.processes or snapshot.gone), None)
    if process is None:
        return strategy.reject("0 processes are there that could be looked into.")
    slope = filled.gained / filled.seconds
    whole = filled.limit / slope
    return strategy.option(
        f"Find what fills a {what} of {size(filled.limit)} in {lasting(whole)}",
        why=(
            f"{rose} at {number(filled.load)} times the requests. One life is no proof: a cache that fills looks "
            "alike, until it is full. More processes, a bigger heap or a bigger machine only delay what goes on."
        ),
        confidence=ruling.reading.confidence * strategy.once,
        cost="days of search, and room on a disk for a heap snapshot",
        expected=(Expectation("time_to_limit", f"Until the {what} reaches its limit", "s", whole, whole / strategy.left,
                              None),),
        steps=(
            *before,
            *heap_snapshots.compared(process.instance.pid, strategy.apart * filled.limit / slope),
        ),
        check_first=_OF_SNAPSHOTS,
    )  # fmt: skip


def _leak(snapshot: Snapshot, ruling: Ruling) -> Leak | None:
    told = {e.signal: e for e in ruling.reading.evidence}
    slope, left = told["slope"].value, told["time_to_limit"].value
    named = next((p for p in snapshot.processes if p.name == told["slope"].subject), None)
    if named is None or slope is None or left is None:
        return None
    return Leak(named, ruling.rule in _OF_DESCRIPTORS, slope, left)


def _option(snapshot: Snapshot, ruling: Ruling, leak: Leak) -> Option:
    what = "descriptors" if leak.descriptors else "memory"
    every = strategy.early * leak.left
    soon = leak.left * snapshot.time_scale < strategy.rare
    restarts = f", and restart every {lasting(every)} until then" if soon else ""
    return strategy.option(
        f"Find what keeps {leak.words} an hour{restarts}",
        why=(
            f"{leak.process.name} keeps {leak.words} more each hour at equal load and reaches its limit in "
            f"{lasting(leak.left)}. More processes, a higher limit or a bigger machine only delay that."
        ),
        confidence=ruling.reading.confidence,
        cost="days of search" if leak.descriptors else "days of search, and room on a disk for two heap snapshots",
        # The growth falls below a fifth (C5), so the same room lasts at least five times as long.
        expected=(Expectation("time_to_limit", f"Until the {what} reaches its limit" if what == "memory"
                              else "Until the descriptors run out", "s", leak.left, leak.left / strategy.left, None),),
        steps=(
            *_search(leak),
            *(_restarts(snapshot.name, leak, every) if soon else ()),
            *_rollback(snapshot, leak),
        ),
        check_first=_check_first(leak),
    )  # fmt: skip


def _check_first(leak: Leak) -> str:
    if leak.descriptors:
        return "Check that a restart finishes open requests first: stop accepting, answer, then exit."
    return _OF_SNAPSHOTS


def _search(leak: Leak) -> tuple[Step, ...]:
    pid = leak.process.instance.pid
    if leak.descriptors:
        return open_files.found_and_closed(pid)
    wait = max(20e6, strategy.apart * leak.process.memory(LONG)) / leak.slope * HOUR
    return heap_snapshots.compared(pid, wait)


def _restarts(name: str, leak: Leak, every: float) -> tuple[Step, ...]:
    seconds = max(600, round(every))
    return (
        *linux.drop_in(f"Until it is fixed, let systemd restart each process after {lasting(seconds)}, at most a tenth "
                       "later so that they do not all go at once.", name, "restart",
                       _RUNTIME.format(seconds=seconds, extra=max(60, seconds // 10))),
        Step(f"Until it is fixed, reload every {lasting(seconds)}: PM2 replaces one worker after the other.",
             pm2.PLATFORM, "shell", f"while sleep {seconds}; do pm2 reload {shlex.quote(name)}; done"),
        *_ceiling(leak),
        Step(f"Until it is fixed, restart the pods one by one every {lasting(seconds)}, from a CronJob or by hand.",
             "Kubernetes", "shell", f"kubectl rollout restart deployment/{label_of(name)}"),
    )  # fmt: skip


def _ceiling(leak: Leak) -> tuple[Step, ...]:
    """What a worker has after the same time, where that is known and memory is what grows."""
    ceiling = leak.process.memory(LONG) + strategy.early * leak.slope * leak.left / 3600
    if leak.descriptors or not math.isfinite(ceiling):
        return ()
    return (
        Step("Or let PM2 restart a worker when it has grown so far.", pm2.PLATFORM, f"{pm2.FILE}, in the app's entry",
             f'max_memory_restart: "{round(ceiling / 2**20)}M",\n'),
        Step("Load it.", pm2.PLATFORM, "shell", f"pm2 reload {pm2.FILE}"),
    )  # fmt: skip


def _rollback(snapshot: Snapshot, leak: Leak) -> tuple[Step, ...]:
    """The version that ran before, if another one did in the last days."""
    now = leak.process.instance.version
    before = [life.version for life in snapshot.window.lives if life.version and life.version != now]
    if not (now and before):
        return ()
    return (Step(f"{before[-1]} ran before {now}: if its processes did not grow on the charts of this service, go back "
                 "to it until the leak is fixed."),)  # fmt: skip


_OF_SNAPSHOTS = (
    "Check that one process may stand still for some seconds, and that about as much memory is free as its heap "
    "holds: take it out of the load balancer first. A snapshot holds all data in the heap: keep it as safe as that."
)

_RUNTIME = """[Service]
Restart=always
RuntimeMaxSec={seconds}
RuntimeRandomizedExtraSec={extra}
"""
