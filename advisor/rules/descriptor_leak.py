"""File descriptors leak

## What it sees
Descriptors that no connection from outside explains grow at equal load: {rising:.0%} of all moments with the same
load have more of them later, by at least {grown:.0%} and {least:.0f}, and at that pace the process reaches its limit
within a day. If that is further away it is a hint and no warning, and only where they have become {far:.0f} more within
the last twelve hours.

## Why it matters
Somebody opens files, sockets or pipes and does not close them. A restart hides it until the limit is reached again.

## What to do
Find what is not closed, by its kind: response bodies that nobody reads, streams that are not destroyed after an
error, watchers, child processes. A higher limit, more processes or a bigger machine only delay the end.

## Known limits
It takes more than two hours of one life at comparable loads, the agent's count of connections, and growth within
the last twelve hours. Idle connections to other services that are kept open count as descriptors, but do not grow
at equal load. Requests under way hold what they call by: where there are a hundred of them and more, moments with more
later are not compared. What fills evenly for hours is such a hint until it is full.

## References
- [Linux: files of a process](https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html)
- [undici: read or cancel each body](https://undici.nodejs.org/)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Evidence, Limit, Reading, Recall, Rule
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.growing import HOUR, PROOF, Growing, condition_of, evidence_of, soonest, too_short
from advisor.diagnosis.leaks import READ_DESCRIPTORS, Pace, kind_of, of_descriptors
from advisor.diagnosis.words import lasting, number
from advisor.features import Snapshot, stats
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=("fd_open", "fd_limit", ("connections", "websockets")),
    suggests=("fix-leak", "raise-limit", "cluster", "load-balance", "vertical"),
    window=60.0,
    hold=600.0,
    clear_hold=600.0,
    place=11,
    settles=False,
    explained_by=(),
    recall=Recall(12 * HOUR, 300.0, 600.0, process=READ_DESCRIPTORS),
    grown=Limit(0.10, "1", "less than a tenth is within the usual ups and downs (C9)"),
    least=Limit(50, "{file_descriptor}", "fewer are a handful of idle connections to other services (C9)"),
    horizon=Limit(24 * HOUR, "s", "later than in a day there is time to look again (C9)"),
    times=Limit(1.1, "{times}", "a tenth more, as where the end is near: after days of a leak hours of it are no more"),
    far=Limit(200, "{file_descriptor}", "four times what counts where the end is near: more than pools of a few hosts"),
    soon=Limit(4 * HOUR, "s", "sooner than this it is critical (decision model 1.2)"),
    relaxed=Limit(0.75, "1", "ten points below the share of rising moments that fires", at_most="rising"),
    **PROOF,
)

PACE = Pace(skip=600.0, apart=HOUR, smooth=600.0)


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Compare every process with itself at equal load; the one that ends first speaks."""
    candidates = list(of_descriptors(snapshot, rule.id, snapshot.processes, PACE))
    told = [found for found in candidates if found.growth.pairs >= rule.pairs]
    worst = soonest(rule, told, snapshot.time_scale)
    if worst is None:
        return too_short(rule, candidates)
    kind = _kind(snapshot, worst)
    evidence = evidence_of(rule, worst, snapshot.time_scale)
    return Reading(
        condition=condition_of(rule, worst, evidence),
        claim=_claim(snapshot, worst, kind),
        evidence=(*evidence, *([Evidence("kind", f"What grows most: {kind}", None, "")] if kind else [])),
        severity=_severity(worst, snapshot.time_scale),
        confidence=_confidence(worst, kind),
    )


def _kind(snapshot: Snapshot, worst: Growing) -> str:
    past = snapshot.recalled(rule.id)
    lives = past.window.instances if past else ()
    return next((kind_of(life, PACE, snapshot.time_scale) for life in lives if life.id == worst.instance), "")


def _severity(worst: Growing, time_scale: float) -> Severity:
    left = worst.time_left * time_scale
    return Severity.CRITICAL if left < rule.soon else Severity.WARNING if left < rule.horizon else Severity.INFO


def _confidence(worst: Growing, kind: str) -> float:
    return confidence(
        required=(stats.ramp(worst.growth.rising, rule.relaxed, rule.rising),),
        support=(1.0 if worst.growth.low > 0 else 0.0, 1.0 if kind else 0.5),
        coverage=1.0,
    )


def _claim(snapshot: Snapshot, worst: Growing, kind: str) -> str:
    slope = worst.growth.slope * HOUR
    if not slope > 0:
        return f"{snapshot.name}: no process opens more descriptors than it closes"
    sentence = (
        f"{snapshot.name}: {worst.subject} opens {number(slope)} more {kind or 'descriptors'} an hour than it closes"
    )
    if not math.isfinite(worst.time_left):
        return sentence
    if worst.time_left * snapshot.time_scale >= rule.horizon:
        sentence += f", {number(worst.growth.gained)} over {lasting(worst.growth.seconds)} so far,"
    return f"{sentence} and reaches its limit in {lasting(worst.time_left)}"
