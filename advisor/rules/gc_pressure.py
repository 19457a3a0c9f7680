"""Garbage collection pressure

## What it sees
Garbage collection takes {share:.0%} of the time of an event loop or more, over ten minutes and still; or it pauses
the loop for {pause:.3g} s or longer in at least {minutes:.0f} of the last ten minutes. And it is felt: pauses make at
least {explained:.0%} of the time in which the loop is blocked, with {growth:.0%} more load the loop would be full, or
it is {work:.0%} of all that the loop does or {critical:.0%} of all time, by which all that it serves takes longer. Or
it is {part:.0%} of what a loop does that is less than {full:.0%} busy, and its busiest route takes {twice:.3g} times as
long as in a minute with about as many requests in which collections took less.

## Why it matters
While V8 collects garbage, JavaScript stands still. The time is taken from every request, looks like work of the loop
and like code that blocks it, and more load makes more garbage.

## What to do
Where the heap is nearly full after each collection, it leaks or is too small: look there first. Where most of it is
minor collections, make fewer short-lived objects, or give them more room. Large answers: stream or paginate them.
Then more copies, where it is the whole loop that is full and not its heap: each has the garbage of its own share.

## Known limits
Pauses are compared with blocks sample by sample, ten seconds long from the probe, so a pause beside a block of the
same length in one sample counts for it. Pages of metrics (prom-client) tell of the longest only what it is at least,
by the bucket that it is in, and of several that end in one piece of work only the first: measured, a quarter of the
time where short ones come in rows. What they tell is the least that it can be.
A service that has room and answers as fast as ever stays silent below {critical:.0%} of all time and {work:.0%} of its
work, and a batch job, of which nobody waits for an answer, above them as well.

## References
- [V8: garbage collection](https://v8.dev/blog/trash-talk)
- [Node.js: tracing garbage collection](https://nodejs.org/en/learn/diagnostics/memory/using-gc-traces)
- [Clinic Doctor: when it blames garbage collection](https://github.com/clinicjs/node-clinic-doctor)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule, at_least, below
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import counted, duration, percent
from advisor.features import Snapshot, collection, stats
from advisor.features.heap import heap_share
from advisor.features.impact import is_alone, nobody_waits
from advisor.features.process import MINUTE, Process
from advisor.features.task import WINDOW
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=(("gc_major", "gc_minor", "loop_active", "loop_utilization"),),
    suggests=(
        "optimise-code",
        "tune-heap",
        "stream-paginate",
        "cluster",
        "load-balance",
        "autoscale",
        "worker-threads",
        "vertical",
    ),
    window=WINDOW,
    hold=120.0,
    clear_hold=300.0,
    place=6,
    explained_by=("host-cpu-saturated",),
    share=Limit(
        0.10,
        "1",
        "judgement: no standard for Node.js exists; a tenth of all time is a tenth of the capacity",
        at_most="critical",
    ),
    relaxed=Limit(0.05, "1", "half of it, so that noise does not reopen it", at_most="share"),
    critical=Limit(0.20, "1", "twice the fire level: a fifth of the capacity, whatever else it does"),
    pause=Limit(0.100, "s", "Clinic Doctor flags a delay of 100 ms; people notice from there"),
    pause_relaxed=Limit(0.050, "s", "half of it, so that noise does not reopen it", at_most="pause"),
    minutes=Limit(3, "{minute}", "three of ten: a habit, not an accident"),
    explained=Limit(0.5, "1", "below half, something else blocks the loop more than collections do"),
    work=Limit(0.40, "1", "of what the loop does: every piece of work takes two thirds longer by it"),
    part=Limit(0.30, "1", "of what the loop does: less can hardly double what a request takes", at_most="work"),
    full=Limit(0.70, "1", "a busier loop makes requests wait by itself (event-loop-saturated looks from there)"),
    twice=Limit(2.0, "{times}", "twice the usual is felt (decision model C7)"),
    load=Limit(1.5, "{times}", "more requests than that make a loop slower by themselves"),
    risen=Limit(1.5, "{times}", "where collections took nearly as much before, they did not make it slower"),
    growth=Limit(0.30, "1", "impact is forecast for 30% more load (decision model 1.2)"),
)

LATELY = 300.0  # seconds in which as much as is critical shows: the whole window would fill up with it late
RECENT = 3  # minutes in which a long pause must still have happened


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Look at the process that collects most; where that is well, at the one with the longest pause."""
    seen = _worst(snapshot)
    return Reading(
        condition=_condition(seen),
        claim=_claim(snapshot, seen),
        evidence=_evidence(seen),
        severity=_severity(seen),
        confidence=_confidence(seen),
    )


def _worst(snapshot: Snapshot) -> _Seen:
    window = rule.window  # a young one collected in less of it, however much
    if len(snapshot.processes) == 1:  # most services are one process
        return _Seen(snapshot, snapshot.processes[0])
    most = max(snapshot.processes, key=lambda p: (p.gc_share(window) * p.history(window), p.gc_pause(window)))
    longest = max(snapshot.processes, key=lambda p: p.gc_pause(window))
    seen = _Seen(snapshot, most)
    if longest is most or longest.gc_pause(window) < rule.pause or _condition(seen) is Condition.OVER:
        return seen
    other = _Seen(snapshot, longest)
    return other if _condition(other) is Condition.OVER else seen


def _severity(seen: _Seen) -> Severity:
    if is_alone(seen.process, rule.window):
        return Severity.INFO
    return Severity.CRITICAL if seen.share >= rule.critical else Severity.WARNING


class _Seen:
    """The figures that decide."""

    def __init__(self, snapshot: Snapshot, process: Process) -> None:
        self.process = process
        self.filled = heap_share(snapshot, process, rule.window)
        self.share = _share(process, rule.window)
        self.minutes = collection.paused_minutes(process, rule.window)
        long = rule.pause
        self.hits = sum(pause >= long for pause in self.minutes)
        self.explained = collection.blamed(snapshot, process, rule.window, rule.pause_relaxed)
        busy = process.loop(rule.window)
        self.work = self.share / busy if busy > 0 else math.nan
        lately = _share(process, LATELY)
        much = lately >= rule.critical or lately >= rule.work * process.loop(LATELY) > 0
        self.slows = much and not nobody_waits(snapshot, rule.window)
        some = self.share >= rule.share and self.work >= rule.part and busy < rule.full
        self.slowed = collection.slowed(process, rule.window, rule.load, rule.risen) if some else None
        self.room = 1 / busy - 1 if busy > 0 else math.inf

    @property
    def longer(self) -> float:
        """How many times as long as in a quick minute its busiest route takes."""
        return math.nan if self.slowed is None else self.slowed.longer

    @property
    def route(self) -> str:
        """That route."""
        return "Its busiest route" if self.slowed is None else self.slowed.route

    @property
    def longest(self) -> float:
        return max(self.minutes, default=math.nan)

    @property
    def is_felt(self) -> bool:
        return self.explained >= rule.explained or self.room < rule.growth or self.slows or self.longer >= rule.twice

    @property
    def pauses(self) -> bool:
        recent = max(self.minutes[-RECENT:], default=0.0) >= rule.pause
        return self.hits >= rule.minutes and recent and self.explained >= rule.explained


def _share(process: Process, seconds: float) -> float:
    """Share of the time that it collects, over so long and still now."""
    return min(process.gc_share(seconds), process.gc_share(MINUTE))


def _condition(seen: _Seen) -> Condition:
    if seen.pauses or (seen.share >= rule.share and seen.is_felt):
        return Condition.OVER
    calm = not seen.minutes or seen.minutes[-1] < rule.pause_relaxed
    low = rule.relaxed if seen.is_felt else rule.share  # what only its share made felt is calm at half of that
    return Condition.UNDER if seen.share < low and calm else Condition.BETWEEN


def _evidence(seen: _Seen) -> tuple[Evidence, ...]:
    process, who, window = seen.process, seen.process.name, rule.window
    return (
        at_least("gc_share", "Garbage collection", seen.share, "1", rule.share, who),
        at_least("gc_work", "Of what the loop does", seen.work, "1", rule.work, who),
        at_least("gc_pause_max", "Longest pause", seen.longest, "s", rule.pause, who),
        at_least("paused_minutes", f"Minutes with such a pause, of {len(seen.minutes)}", float(seen.hits), "{minute}",
                 rule.minutes, who),
        at_least("gc_explained", "Blocked time that collections explain", seen.explained, "1", rule.explained, who),
        below("headroom", "Room for more load", seen.room, "1", rule.growth, who),
        at_least("gc_longer", f"{seen.route} takes, times that in a quick minute", seen.longer, "{times}", rule.twice,
                 who),
        Evidence("gc_major_share", "Of it, major collections", finite(collection.major_share(process, window)), "1",
                 subject=who),
        Evidence("heap_filled", "Heap still in use after a collection, of its limit",
                 finite(seen.filled), "1", subject=who),
    )  # fmt: skip


def _confidence(seen: _Seen) -> float:
    often = min(1.0, seen.hits / rule.minutes) * stats.ramp(seen.longest, rule.pause_relaxed, rule.pause)
    explained = stats.ramp(seen.explained, 0.0, rule.explained)
    felt = max(
        explained,
        stats.ramp(seen.room, 2 * rule.growth, rule.growth),
        1.0 if seen.slows else 0.0,
        stats.ramp(seen.longer, 1.0, rule.twice),
    )
    much = stats.ramp(seen.share, rule.relaxed, rule.share)
    process = seen.process
    return confidence(
        # Either way of it, with what makes that way felt.
        required=(max(much * felt, often * explained),),
        support=(max(much, often), explained),
        coverage=min(process.coverage(rule.window), process.history(rule.window)),
    )


def _claim(snapshot: Snapshot, seen: _Seen) -> str:
    one = "" if len(snapshot.processes) == 1 else f" of one of {counted(len(snapshot.processes), 'process')}"
    pauses = "" if math.isnan(seen.longest) else f", with pauses of up to {duration(seen.longest)}"
    sentence = (
        f"{snapshot.name}: garbage collection takes {percent(seen.share)} of the time of the event loop{one}{pauses}"
    )
    if _condition(seen) is not Condition.OVER:
        return sentence
    if seen.filled >= 0.8:
        return f"{sentence}, and its heap is still {percent(seen.filled)} full afterwards"
    major = collection.major_share(seen.process, rule.window)
    if math.isnan(major):
        return sentence
    kind = "major" if major >= 0.5 else "minor"
    return f"{sentence}, most of it in {kind} collections"
