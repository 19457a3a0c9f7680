"""Memory runs out

## What it sees
The memory that a process may use was {busy:.0%} full or more for ten minutes, or {critical:.0%} for one, or nearly all
of its control group's at moments of {minutes:.0f} in ten; or what is left of the heap after the garbage collections of
five minutes is {heap:.0%} of its limit; or memory comes back from swap all the time; or a process was killed, or ended
for no known reason, while its memory was full; or it is {half:.0%} full and grows to its limit within hours at equal
load, a heap also within as many minutes as it was seen to. What a process may use is the limit of its control group
(systemd, container), or else the machine's memory; what its heap may keep is V8's limit without the 3 to 192 MiB that
it leaves to young objects.

## Why it matters
At the limit the kernel kills the process without a word in its log, or V8 spends its time on garbage collection and
then ends it. On a machine that swaps everything is slow.

## What to do
See first what fills it. A heap near its own limit with room beside it: give the heap more. Buffers and big answers:
stream and page. Growth at equal load: find the leak. Memory that follows the load: more machines. Memory that is
simply needed: a bigger machine.

## Known limits
On a machine that is not limited by a control group only a shortage that is felt counts, or one that this service
makes itself: a database that uses all memory by design is none. That a kill was for want of memory is
concluded from the last known level. Without an agent on the host a `--max-semi-space-size` set by hand, and the larger
young generation of Node.js 24, are not known: the heap's limit is then taken for more than it is. Without the probe the
agent tells the limit by the options of the process, and the least in use over ten minutes stands for what is left after
a collection: a heap that fills sooner is seen once it ended.

## References
- [GitLab runbooks: container memory saturation](https://gitlab.com/gitlab-com/runbooks)
- [Linux: memory controller](https://docs.kernel.org/admin-guide/cgroup-v2.html#memory)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Recall, Rule, at_least, killed
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.growing import HOUR, PROOF, Growing, evidence_of, soonest
from advisor.diagnosis.leaks import READ_MEMORY, Pace, of_heap_lately, of_memory
from advisor.diagnosis.missing import NOBODY
from advisor.diagnosis.words import lasting, number, percent, size
from advisor.features import Snapshot, stats
from advisor.features.heap import heap_floor, heap_share
from advisor.features.kills import by_system, by_v8, is_last_explained, killed_full, killed_lately
from advisor.features.memory import Bound, Memory, memory_of, swaps
from advisor.features.process import Process
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=(("memory_rss", "heap_used", "heap_floor"), ("memory_limit", "cgroup_memory_limit", "heap_limit")),
    suggests=(
        "fix-leak",
        "tune-heap",
        "stream-paginate",
        "load-balance",
        "vertical",
        "cache",
        "relieve-host",
        "cluster",
        "autoscale",
        "fix-crash",
    ),
    window=60.0,
    hold=0.0,
    clear_hold=300.0,
    place=2,
    explained_by=(),
    of_ends=True,
    recall=Recall(2 * HOUR, 120.0, 60.0, process=READ_MEMORY),
    busy=Limit(0.85, "1", "VPA and KRR add 15% to the peak of a container: this is the other side of it"),
    critical=Limit(0.92, "1", "a little above GitLab's soft limit for containers, 0.90"),
    relaxed=Limit(0.75, "1", "ten points below the fire level, so that noise does not reopen it", at_most="busy"),
    minutes=Limit(3, "{minute}", "three of ten: a habit, not an accident"),
    heap=Limit(0.85, "1", "from here on V8 collects for less and less room (decision model C4)"),
    half=Limit(0.70, "1", "below it a few hours of growth are no emergency (C5, fast path)", at_most="busy"),
    own=Limit(0.50, "1", "with less than half of the machine's memory in use it is others who fill it"),
    pressure=Limit(0.05, "1", "a twentieth of the time some task waits for memory: the shortage is felt"),
    swapping=Limit(10, "{operation}/s", "fewer pages from swap are what was put out long ago"),
    grown=Limit(0.08, "1", "less is within what caches and pools take (C5)"),
    least=Limit(20e6, "By", "less than 20 MB is within what a young process settles by (C5)"),
    horizon=Limit(6 * HOUR, "s", "sooner than this the slow proof of a leak comes too late (C5, fast path)"),
    **PROOF,
)

LONG = 600.0  # seconds for which a level must hold, or within which a kill was just now
RECENT = 3600.0  # seconds after a kill in which the rule does not clear
PACE = Pace(skip=1800.0, apart=1800.0, smooth=600.0)
MINUTES = Pace(skip=0.0, apart=240.0, smooth=60.0)  # loads of minutes ago say nothing of a heap that fills in them
_ALONE = ("memory_long", "memory_now", "memory_full", "heap_share", "swapping", "killed")


@dataclass(frozen=True, slots=True)
class State:
    """The fullest process: its memory, whose doing that is, and what remains of its heap."""

    process: Process
    memory: Memory
    own: float
    felt: float
    heap: float

    @property
    def fullest(self) -> float:
        """The greater of both shares, 0 to 1; that of a machine which others fill does not count."""
        told = [self.memory.share if self.counts else math.nan, self.heap]
        return max((share for share in told if not math.isnan(share)), default=0.0)

    @property
    def counts(self) -> bool:
        """True if the level of its memory alone is trouble: its own limit, its own doing, or felt."""
        return self.memory.bound is Bound.GROUP or self.own >= rule.own or self.felt >= rule.pressure


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Look at the fullest process, at kills, at swapping, and at growth."""
    states = [_state(snapshot, process) for process in snapshot.processes]
    known = [s for s in states if not (math.isnan(s.memory.share) and math.isnan(s.heap))]
    if snapshot.gone:
        return _of_the_last(snapshot)
    if not known:
        return Reading(Condition.UNKNOWN, missing=("Memory and its limit: run the agent on the host",))
    worst = max(known, key=lambda state: state.fullest)
    growing = _growing(snapshot, known)
    evidence = _evidence(snapshot, worst, growing)
    over = any(e.holds for e in evidence if e.signal in _ALONE) or _runs_out(evidence)
    calm = worst.fullest < rule.relaxed and not killed_lately(snapshot, RECENT, rule.busy)
    return Reading(
        condition=Condition.OVER if over else Condition.UNDER if calm else Condition.BETWEEN,
        claim=_claim(snapshot, worst, growing if _runs_out(evidence) else None),
        evidence=evidence,
        severity=_severity(snapshot, worst, growing if _runs_out(evidence) else None),
        confidence=_confidence(snapshot, worst, over=over),
    )


def _of_the_last(snapshot: Snapshot) -> Reading:
    """Where no process is left: whether the last one ended for want of memory."""
    kills = killed_full(snapshot, LONG, rule.busy)
    if not kills:
        return Reading(Condition.UNDER if is_last_explained(snapshot) else Condition.UNKNOWN, missing=(NOBODY,))
    told = all(by_v8(event) or by_system(event) for event in kills)
    return Reading(
        condition=Condition.OVER,
        claim=f"{snapshot.name}: {killed.ended(kills)}, and none is left",
        evidence=killed.evidence_of(snapshot, rule.id, kills),
        severity=Severity.CRITICAL,
        confidence=confidence(required=(1.0,), support=(1.0 if told else 0.5,), coverage=1.0),
    )


def _state(snapshot: Snapshot, process: Process) -> State:
    machine = snapshot.machine_of(process)
    memory = memory_of(process, machine, LONG)
    mates = snapshot.on(machine) if machine else (process,)
    own = stats.known_sum([p.memory(rule.window) for p in mates]) / memory.used if memory.used > 0 else math.nan
    felt = math.nan if machine is None else stats.level(machine.track, "pressure_memory", machine.span(LONG))
    return State(process, memory, own, felt, heap_share(snapshot, process, LONG))


def _growing(snapshot: Snapshot, known: list[State]) -> Growing | None:
    near = [s.process for s in known if stats.highest([s.memory.share, s.heap]) >= rule.half]  # whoever else fills it
    lately = of_heap_lately(snapshot, rule.id, [state.process for state in known], MINUTES)
    late = (one for one in lately if one.growth.level >= rule.half * one.limit)
    return soonest(rule, (*of_memory(snapshot, rule.id, near, PACE), *late), snapshot.time_scale)


def _runs_out(evidence: tuple[Evidence, ...]) -> bool:
    trend = [e.holds for e in evidence if e.signal.startswith("growth") or e.signal == "time_to_limit"]
    return bool(trend) and all(trend)


def _evidence(snapshot: Snapshot, worst: State, growing: Growing | None) -> tuple[Evidence, ...]:
    memory, process = worst.memory, worst.process
    lowest, now = memory.lowest / memory.limit, memory.lowest_now / memory.limit
    long = memory.held(rule.busy) and worst.counts and process.history(LONG) >= 0.9
    paged = _swapping(snapshot, worst)
    bound = f"of the {memory.bound}"
    found = [
        Evidence("memory_long", f"Memory {bound} in use, least of ten minutes", finite(lowest), "1", rule.busy,
                 "at least", long, process.name),
        Evidence("memory_now", f"Memory {bound} in use, least of a minute", finite(now), "1", rule.critical, "at least",
                 memory.held_now(rule.critical) and worst.counts, process.name),
        at_least("memory_full", "Minutes of ten in which all was in use", float(memory.full), "{minute}", rule.minutes),
        at_least("heap_share", "Heap in use after collection, of its limit", worst.heap, "1", rule.heap, process.name),
        Evidence("swapping", "Pages back from swap a second", finite(paged), "{operation}/s", rule.swapping, "at least",
                 paged >= rule.swapping and memory.share >= rule.relaxed),
        *killed.evidence_of(snapshot, rule.id, killed_full(snapshot, LONG, rule.busy)),
        Evidence("memory_limit", f"Memory {bound}", finite(memory.limit), "By", subject=process.name),
        Evidence("own_memory", "Of the memory in use, by this service", finite(worst.own), "1", subject=process.name),
    ]  # fmt: skip
    return (*found, *(evidence_of(rule, growing, snapshot.time_scale) if growing else ()))


def _swapping(snapshot: Snapshot, worst: State) -> float:
    machine = snapshot.machine_of(worst.process)
    return math.nan if machine is None else swaps(worst.process, machine, LONG)


def _severity(snapshot: Snapshot, worst: State, growing: Growing | None) -> Severity:
    urgent = worst.fullest >= rule.critical or bool(killed_full(snapshot, LONG, rule.busy))
    urgent = urgent or (growing is not None and growing.time_left * snapshot.time_scale < 4 * HOUR)
    return Severity.CRITICAL if urgent else Severity.WARNING


def _confidence(snapshot: Snapshot, worst: State, *, over: bool) -> float:
    if not over:
        return 0.6 * stats.ramp(worst.fullest, rule.relaxed, rule.busy)
    exact = worst.memory.bound is Bound.GROUP or worst.heap >= rule.heap
    return confidence(
        required=(1.0,),
        support=(
            1.0 if exact else stats.ramp(worst.own, 0.0, rule.own),
            stats.ramp(worst.fullest, rule.half, rule.busy),
        ),
        coverage=snapshot.coverage(rule.window),
    )


def _claim(snapshot: Snapshot, worst: State, growing: Growing | None) -> str:
    kills = killed_full(snapshot, LONG, rule.busy)
    memory, process = worst.memory, worst.process
    if kills:
        return f"{snapshot.name}: {killed.ended(kills)}"
    if growing:
        more = size(growing.growth.slope * HOUR)
        return (
            f"{snapshot.name}: the {growing.what} of {growing.subject} grows by {more} an hour at equal load and fills "
            f"the {size(growing.room)} that are left in {lasting(growing.time_left)}"
        )
    paged = _swapping(snapshot, worst)
    if paged >= rule.swapping:
        return f"{snapshot.name}: the machine reads {number(paged)} pages a second back from swap"
    if not worst.counts or worst.heap >= memory.share or math.isnan(memory.share):
        held = heap_floor(snapshot, process, LONG)
        if not math.isnan(worst.heap):
            return (
                f"{snapshot.name}: {size(held)} of {process.name}'s heap stay in use after collection, "
                f"{percent(worst.heap)} of its limit"
            )
    bursts = memory.full >= rule.minutes and memory.share < rule.critical
    return (
        f"{snapshot.name}: {size(memory.used)} of the {size(memory.limit)} of the {memory.bound} of {process.name} "
        f"are in use, {percent(memory.share)}{', and nearly all in bursts' if bursts else ''}"
    )
