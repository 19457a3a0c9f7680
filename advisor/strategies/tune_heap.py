"""Give the heap the room that is there

## When it fits
The heap is near its own limit while the memory beside it is free: V8 chose its limit without knowing how much this
process may use. Or most collections are those of young objects, and a larger young generation makes them rarer.

## When it does not
A leak: it fills any heap, only later. A limit that already takes {share:.0%} of the memory. A heap that keeps
less than {near:.0%} of its limit. Buffers: they live outside the heap.

## How
`--max-old-space-size`, sized so that what stays in use fills {target:.0%} of it, but never beyond {share:.0%} of what
the process may use: the rest is for buffers, code and stacks. `--max-semi-space-size` for the young generation.

## What it costs
A restart, and memory: the heap grows into its new room before V8 collects hard. Longer pauses, since a major
collection looks at more.

## How to verify
What stays in use after collection falls below {target:.0%} of the limit, and garbage collection takes less of the time;
the memory of the control group stays below its limit over one daily peak.

## References
- [Node.js: --max-old-space-size](https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib)
- [Node.js: --max-semi-space-size](https://nodejs.org/api/cli.html#--max-semi-space-sizesize-in-mib)
"""

from __future__ import annotations

import json
import math
import shlex
from dataclasses import dataclass

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.growing import leaking
from advisor.diagnosis.leaks import room_of
from advisor.diagnosis.recipes import linux
from advisor.diagnosis.recipes.container import label_of
from advisor.diagnosis.words import lasting, number, percent, size
from advisor.features import Snapshot, stats
from advisor.features.before_end import Filled, filled_heap
from advisor.features.heap import heap_floor, heap_limit, young_limit
from advisor.features.memory import Bound, memory_of
from advisor.features.process import Process
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.TUNING,
    name="A heap that fits the memory",
    effort="under an hour",
    risk="low: one restart, undone by one setting",
    of_ends=True,
    share=Limit(0.75, "1", "the rest is for buffers, code and stacks (decision model C4)"),
    target=Limit(0.60, "1", "a heap that keeps six tenths collects seldom and has room for peaks"),
    near=Limit(0.70, "1", "below it V8 has room and collects by its own choice"),
    more=Limit(1.1, "1", "less than a tenth more changes nothing that one could see"),
    young=Limit(2.0, "1", "from twice as much time in young collections on they are what costs"),
    semi_space=Limit(64, "MiBy", "four times that of Node.js up to 22: a quarter as many young collections"),
)

COLLECTING, PRESSURE = "gc-pressure", "memory-pressure"
LONG = 600.0  # seconds over which the present state is read
MIB = 2**20
SPACES = 3  # a young generation is three semi-spaces


@dataclass(frozen=True, slots=True)
class Heap:
    """The heap of one process in bytes: what stays, its limit, and what the process may use in all."""

    process: Process
    floor: float
    limit: float
    allowed: float

    @property
    def wanted(self) -> int:
        """The limit in MiB at which what stays fills the target, within the process's share of memory."""
        return math.floor(min(self.floor / strategy.target, self.allowed * strategy.share) / MIB)


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Veto leaks; then a larger young generation where that is what costs, else a heap that fits."""
    if leak := leaking(ruling):
        return strategy.reject(f"{leak}: a bigger heap only fills later.")
    past = snapshot.recalled(ruling.rule)
    filled = filled_heap(snapshot, past, LONG) if ruling.rule == PRESSURE else None
    if filled is not None and filled.is_rising:
        return strategy.reject(
            f"A heap rose by {size(filled.gained)} in {lasting(filled.seconds)} before the end: a bigger one only "
            "fills later."
        )
    heap = _fullest(snapshot, filled)
    if heap is None:
        return strategy.reject("0 processes report their heap, its limit and the memory there is.")
    minor, major = _collecting(heap.process)
    if ruling.rule == COLLECTING and minor >= strategy.young * major and minor > 0:
        return _younger(snapshot, ruling, heap, minor)
    refusal = _refusal(heap)
    return strategy.reject(refusal) if refusal else _larger(snapshot, ruling, heap)


def _fullest(snapshot: Snapshot, filled: Filled | None) -> Heap | None:
    """The heap nearest to its limit, as that of a process that ended with a full one was just before."""
    found = []
    for process in snapshot.processes or snapshot.gone:
        allowed = _used(snapshot, process) + room_of(snapshot, process)
        limit = heap_limit(snapshot, process.instance, process.span(LONG))
        floor = heap_floor(snapshot, process, LONG) if filled is None else filled.kept
        heap = Heap(process, floor, limit, allowed)
        if heap.floor > 0 and heap.limit > 0 and heap.allowed > 0:
            found.append(heap)
    return max(found, key=lambda heap: heap.floor / heap.limit, default=None)


def _used(snapshot: Snapshot, process: Process) -> float:
    """Bytes that it uses beside what is free; those of one that ended are free on its machine by now."""
    is_gone = process in snapshot.gone
    freed = is_gone and memory_of(process, snapshot.machine_of(process), LONG).bound is Bound.HOST
    return 0.0 if freed else process.memory(LONG)


def _collecting(process: Process) -> tuple[float, float]:
    """The shares of time in collections of young and of all objects; 0 where none are told."""
    span = process.span(LONG)
    told = (stats.rate(process.track, column, span) for column in ("gc_minor", "gc_major"))
    minor, major = (0.0 if math.isnan(share) else share for share in told)
    return minor, major


def _refusal(heap: Heap) -> str:
    kept = heap.floor / heap.limit
    if kept < strategy.near:
        return f"The heap keeps {percent(kept)} of its limit of {size(heap.limit)}: it has room."
    if heap.wanted * MIB < heap.limit * strategy.more:
        return (
            f"The heap may already take {size(heap.limit)} of the {size(heap.allowed)} that the process may use, "
            f"{percent(heap.limit / heap.allowed)}."
        )
    return ""


def _larger(snapshot: Snapshot, ruling: Ruling, heap: Heap) -> Option:
    kept, then = heap.floor / heap.limit, heap.floor / (heap.wanted * MIB)
    return strategy.option(
        f"Let the heap grow to {heap.wanted:,} MiB",
        why=(
            f"{size(heap.floor)} stay in use after collection, {percent(kept)} of the limit that V8 chose, while the "
            f"process may use {size(heap.allowed)}. At {heap.wanted:,} MiB they are {percent(then)}, and "
            f"{percent(1 - heap.wanted * MIB / heap.allowed)} remains for the rest."
        ),
        confidence=ruling.reading.confidence,
        cost=f"up to {size(heap.wanted * MIB - heap.limit)} memory per process",
        # A heap with room keeps somewhat more between collections, never less than what is in use now.
        expected=(Expectation("heap_ratio", "Heap in use after collection, of its limit", "1", kept, then * 0.9,
                              min(kept, then * 1.25)),),
        steps=_steps(snapshot.name, f"--max-old-space-size={heap.wanted}", heap.process),
        check_first=(
            "Check that no other setting of the same name is in the start command, and that all processes together "
            "fit the memory."
        ),
    )  # fmt: skip


def _younger(snapshot: Snapshot, ruling: Ruling, heap: Heap, minor: float) -> Option | Rejection:
    has = young_limit(snapshot, heap.process.instance, heap.process.span(LONG))
    wanted = SPACES * strategy.semi_space * MIB
    if has >= wanted:
        return strategy.reject(f"Young objects may already take {size(has)}: with more their collections last longer.")
    extra, room = wanted - has, heap.allowed - heap.process.memory(LONG)
    if extra > room / 2:
        return strategy.reject(f"A larger young generation takes up to {size(extra)}, and {size(room)} are free.")
    return strategy.option(
        f"Give young objects {number(strategy.semi_space)} MiB semi-spaces",
        why=(
            f"Collections of young objects take {percent(minor)} of the time. With more room they come less often, "
            "and fewer objects live long enough to be moved."
        ),
        confidence=ruling.reading.confidence,
        cost=f"up to {size(extra)} memory per process",
        # As seldom as the room is larger, at best; survivors are copied all the same.
        expected=(Expectation("gc_minor", "Time in young collections", "1", minor, minor * has / wanted, minor * 0.9),),
        steps=_steps(snapshot.name, f"--max-semi-space-size={number(strategy.semi_space)}", heap.process),
        check_first="Check the longest pause afterwards: a full young generation takes longer to look through.",
    )


def _steps(name: str, flag: str, process: Process) -> tuple[Step, ...]:
    label = label_of(name)
    script = process.instance.script or "server.js"
    return (
        *linux.drop_in("Start the service with it.", name, "heap", f'[Service]\nEnvironment="NODE_OPTIONS={flag}"\n'),
        Step("Add the flag, then pm2 reload the file.", "PM2", "ecosystem.config.cjs",
             _PM2.format(name=json.dumps(name), script=json.dumps(script), flag=json.dumps(flag))),
        Step("Start the container with it.", "Docker", "shell",
             f"docker run --env NODE_OPTIONS={flag} {label}"),
        Step("Or in the start command.", "", "shell", f"node {flag} {shlex.quote(script)}"),
        Step("NODE_OPTIONS that are set already, for the probe for instance, are kept: put the flag behind them."),
    )  # fmt: skip


_PM2 = """module.exports = {{
  apps: [
    {{
      name: {name},
      script: {script},
      exec_mode: "cluster",
      node_args: {flag},
    }},
  ],
}};
"""
