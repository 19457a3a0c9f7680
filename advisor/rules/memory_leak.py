"""Memory leaks

## What it sees
The heap that is left after garbage collection, or the memory of buffers outside it, grows at equal load over most
of a day: {rising:.0%} of all moments with the same load have more of it later, by at least {grown:.0%} and
{least:.0f} bytes, and at that pace the process reaches its limit within two weeks. Growth that slows down as a cache
does when it fills is none. It is a warning only if the end is less than a day away. After the first hours already it
speaks where the end is nearer than the growth is old. If the end is further away than two weeks it is a hint, and only
where the memory is {times:.0f} times that of the beginning, and {far:,.0f} bytes more.

## Why it matters
At the limit the process collects garbage most of the time, then it is killed or ends by itself. More processes,
a bigger heap or a bigger machine only delay that.

## What to do
Compare two heap snapshots and let go of what is kept. Until then restart the processes one by one before they reach
the limit. If it began with a release, go back to the one before.

## Known limits
It needs most of a day of one life, longer where the load of each hour of the day differs, and skips the first three
hours; growth that soon fills what there is needs four to eight hours of even load, of which it skips one. Without a
probe it looks at resident memory, which is rougher: confidence is lower then, and the first hours say nothing. A cache
that fills for days, or evenly to its end, cannot be told from a leak until it slows down.

## References
- [Node.js: memory diagnostics](https://nodejs.org/en/learn/diagnostics/memory)
- [Node.js: heap snapshots](https://nodejs.org/en/learn/diagnostics/memory/using-heap-snapshot)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Recall, Rule
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.growing import HOUR, PROOF, Growing, condition_of, evidence_of, is_proven, soonest, too_short
from advisor.diagnosis.leaks import READ_MEMORY, Pace, growth_in, levels_of, of_memory, of_memory_early
from advisor.diagnosis.words import lasting, size
from advisor.features import Snapshot, stats
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=(("heap_floor", "heap_used", "memory_rss"),),
    suggests=("fix-leak", "tune-heap", "vertical", "cluster", "load-balance", "autoscale"),
    window=60.0,
    hold=HOUR,
    clear_hold=HOUR,
    place=11,
    explained_by=(),
    recall=Recall(72 * HOUR, 300.0, HOUR, process=READ_MEMORY),
    grown=Limit(0.08, "1", "less is within what caches and pools take over a day (C5)"),
    least=Limit(20e6, "By", "less than 20 MB is within what a young process settles by (C5)"),
    horizon=Limit(14 * 24 * HOUR, "s", "later than in two weeks a release comes first (decision model 1.2)"),
    times=Limit(2, "{times}", "what doubles at equal load is no ups and downs, whatever room there is"),
    far=Limit(100e6, "By", "five times what counts where the end is nearer: caches of a small process hold less"),
    soon=Limit(4 * HOUR, "s", "sooner than this it is critical (decision model 1.2)"),
    day=Limit(24 * HOUR, "s", "sooner than this it is a warning (decision model 1.2)"),
    relaxed=Limit(0.75, "1", "ten points below the share of rising moments that fires", at_most="rising"),
    alone=Limit(0.8, "1", "what is left of the confidence until a second life grows alike (C5: 0.2 more then)"),
    rough=Limit(0.8, "1", "what is left of it where resident memory stands for the heap"),
    lives=Limit(8, "1", "so many other lives are looked at: each costs some milliseconds"),
    **PROOF,
)

_NO_LIMIT = "How much memory there is for a leak: run the agent on the host, or load the probe into the process"
PACE = Pace(skip=3 * HOUR, apart=3 * HOUR, smooth=HOUR)
EARLY = Pace(skip=HOUR, apart=HOUR, smooth=HOUR)


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Compare every process with itself at equal load; the one that ends first speaks."""
    candidates = list(of_memory(snapshot, rule.id, snapshot.processes, PACE))
    candidates += of_memory_early(snapshot, rule.id, snapshot.processes, EARLY, candidates, rule.pairs)
    told = [found for found in candidates if found.growth.pairs >= rule.pairs]
    worst = soonest(rule, told, snapshot.time_scale)
    if worst is None:
        return too_short(rule, candidates)
    evidence = evidence_of(rule, worst, snapshot.time_scale)
    if is_proven(evidence) and math.isnan(worst.time_left):
        return Reading(Condition.UNKNOWN, evidence=evidence, missing=(_NO_LIMIT,))
    alike = _alike(snapshot, worst) if is_proven(evidence) else 0
    return Reading(
        condition=condition_of(rule, worst, evidence),
        claim=_claim(snapshot, worst),
        evidence=(*evidence, Evidence("lives", "Other lives of this version that grow alike", alike, "1")),
        severity=_severity(worst, snapshot.time_scale),
        confidence=_confidence(worst, alike),
    )


def _alike(snapshot: Snapshot, worst: Growing) -> int:
    """How many other processes of the same version, ended ones too, grew at least half as fast."""
    past = snapshot.recalled(rule.id)
    lives = past.window.instances if past else ()
    version = next((life.version for life in lives if life.id == worst.instance), "")
    others = [life for life in lives if life.id != worst.instance and life.version == version]
    pace = PACE if math.isinf(worst.ahead) else EARLY
    longest = sorted(others, key=lambda one: -one.track.times.size)[: int(rule.lives)]
    growths = [
        growth_in(one, one.track, column, pace, snapshot.time_scale, lowest=True)
        for one in longest
        for column, what in levels_of(one.track)
        if what == worst.what
    ]
    return sum(g.pairs >= rule.pairs and g.rising >= rule.rising and g.slope >= worst.growth.slope / 2 for g in growths)


def _severity(worst: Growing, time_scale: float) -> Severity:
    left = worst.time_left * time_scale
    return Severity.CRITICAL if left < rule.soon else Severity.WARNING if left < rule.day else Severity.INFO


def _confidence(worst: Growing, alike: int) -> float:
    sure = confidence(
        required=(stats.ramp(worst.growth.rising, rule.relaxed, rule.rising),),
        support=(1.0 if worst.growth.low > 0 else 0.0,),
        coverage=1.0,
    )
    weighed = sure * rule.alone + (1 - rule.alone if alike else 0.0)
    return min(1.0, weighed) * (rule.rough if worst.what == "memory" else 1.0)


def _claim(snapshot: Snapshot, worst: Growing) -> str:
    slope = worst.growth.slope * HOUR
    if not slope > 0:
        return f"{snapshot.name}: no process keeps more memory at equal load than before"
    sentence = f"{snapshot.name}: the {worst.what} of {worst.subject} grows by {size(slope)} an hour at equal load"
    if not math.isfinite(worst.time_left):
        return sentence
    if worst.time_left * snapshot.time_scale >= rule.horizon:
        began, gained = max(0.0, worst.growth.began), worst.growth.gained
        sentence += f", from {size(began)} to {size(began + gained)} so far,"
    return f"{sentence} and fills the {size(max(0.0, worst.room))} that are left in {lasting(worst.time_left)}"
