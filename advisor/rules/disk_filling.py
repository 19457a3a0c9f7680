"""Disk filling

## What it sees
A filesystem of a host that the service runs on has less than {free:.0%} left and, as it grew over the last six hours
or all through the last one to three, nothing in {soon:.0f} hours; or less than {short:.0%} and nothing in {urgent:.0f}
hours; or less than {hard:.0%} at all, for ten minutes, or {last:.0%} for two. Inodes are judged the same way. What a
rotation of logs removes again is no growth.

## Why it matters
On a full disk a database stops, logs and uploads fail, and a service that cannot write its log may end. It comes
from one minute to the next, and everything on the host is hit at once.

## What to do
Find what grows: logs without rotation, uploads on local disk, old releases. Rotate with a bound, move uploads to
an object store, archive or partition data; a bigger volume buys time. More processes of the service write as much.

## Known limits
The forecast is a straight line. Growth that began within the last three hours counts once it was seen for an hour
with hardly a pause, and only as far ahead as it was seen: a job that writes for so long is told of as well, unless
yesterday's did so at the same hours. A job that fills
and empties a disk on purpose looks like growth until it has emptied it once.

## References
- [node mixin: NodeFilesystemSpaceFillingUp](https://github.com/prometheus/node_exporter/tree/master/docs/node-mixin)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Recall, Rule
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.disks import label
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import number, percent, size
from advisor.features import Snapshot, stats
from advisor.features.filesystem import DAY, HOUR, INODES, Filling, fillings
from advisor.vocabulary import PartKind, Severity

rule = Rule(
    __name__,
    needs=(),
    suggests=("relieve-host", "static-offload", "vertical", "shard", "cluster", "load-balance"),
    window=120.0,
    hold=600.0,  # not the model's hour, for a disk may fill within one; each line has been seen for as long already
    clear_hold=900.0,
    place=2,
    settles=False,
    recall=Recall(
        seconds=3 * DAY,
        step=300.0,  # what is written in pieces half an hour apart is to be told from what grows all the time
        pace=120.0,
        parts={PartKind.DISK: ("used", "capacity", "inodes_used", "inodes")},
    ),
    free=Limit(0.40, "1", "the node mixin's: with more left a forecast of a day is mostly wrong"),
    soon=Limit(24, "h", "the node mixin's: time to act within working hours"),
    short=Limit(0.20, "1", "the node mixin's critical level"),
    urgent=Limit(4, "h", "the node mixin's critical level"),
    hard=Limit(0.10, "1", "GitLab's and the mixin's hard level: databases need room to tidy up"),
    last=Limit(0.05, "1", "the node mixin's level at which a filesystem is almost out of space"),
    apart=Limit(0.10, "1", "shares at which it clears lie this much above those at which it fires"),
    calm=Limit(2, "1", "times at which it clears are this many times those at which it fires"),
)


AT_LAST = 120.0  # seconds: the next look, where nearly nothing is left


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Look at the filesystem that is nearest to its end."""
    found = fillings(snapshot, snapshot.recalled(rule.id))
    if not found:
        return Reading(Condition.UNKNOWN, missing=("Filesystems of the host: run the agent on it",))
    worst = max(found, key=_urgency)
    return Reading(
        condition=_condition(worst),
        claim=_claim(snapshot, worst),
        evidence=_evidence(worst, found),
        severity=_severity(worst),
        confidence=_confidence(worst),
        hold=AT_LAST if worst.free < rule.last else math.inf,
    )


def _urgency(one: Filling) -> tuple[float, bool, float, float]:
    """Of those that are over: what is critical first, then what ends soonest, then what is fullest."""
    # An end that is not near is none: what hardly grows is as stable as what does not.
    left = one.exhausted_in if one.exhausted_in <= rule.soon * HOUR else math.inf
    return _sure(one), _severity(one) is Severity.CRITICAL, -left, -one.free


def _sure(one: Filling) -> float:
    """How far it went to one of its levels, 0 to 1: hard, or little left and soon nothing."""
    hours = one.exhausted_in / HOUR
    full = stats.ramp(one.free, rule.hard + rule.apart, rule.hard)
    slow = min(
        stats.ramp(one.free, rule.free + rule.apart, rule.free), stats.ramp(hours, rule.calm * rule.soon, rule.soon)
    )
    return max(full, slow)


def _condition(worst: Filling) -> Condition:
    sure = _sure(worst)
    if sure >= 1:
        return Condition.OVER
    unforeseen = math.isnan(worst.slope) and worst.free < rule.free
    return Condition.BETWEEN if sure > 0 or unforeseen else Condition.UNDER


def _severity(worst: Filling) -> Severity:
    soon = worst.free < rule.short and worst.exhausted_in < rule.urgent * HOUR
    return Severity.CRITICAL if soon or worst.free < rule.last else Severity.WARNING


def _confidence(worst: Filling) -> float:
    by_level = worst.free <= rule.hard
    return confidence(required=(_sure(worst),), support=(1.0 if by_level else worst.steady,), coverage=1.0)


def _claim(snapshot: Snapshot, worst: Filling) -> str:
    left = f"{percent(worst.free)} of {worst.where} is free"
    if worst.what == INODES:
        left = f"{percent(worst.free)} of the inodes of {worst.where} are free"
    if not 0 < worst.slope < math.inf or worst.exhausted_in > 30 * DAY:
        return f"{snapshot.name}: {left}"
    return f"{snapshot.name}: {left}, and at {_pace(worst)} an hour nothing in {_span(worst.exhausted_in)}"


def _pace(one: Filling) -> str:
    an_hour = one.slope * HOUR
    return size(an_hour) if one.what == "bytes" else f"{number(an_hour)} inodes"


def _span(seconds: float) -> str:
    if seconds < 2 * HOUR:
        return f"{number(seconds / 60)} minutes"
    return f"{number(seconds / HOUR)} hours" if seconds < 2 * DAY else f"{number(seconds / DAY)} days"


def _evidence(worst: Filling, found: tuple[Filling, ...]) -> tuple[Evidence, ...]:
    where = worst.where
    unit = "By" if worst.what == "bytes" else "{inode}"
    soon = rule.soon * HOUR
    grows = "Growth an hour, from low point to low point" if worst.rotates else "Growth an hour"
    others = sorted((one for one in found if one is not worst), key=lambda one: one.free)[:3]
    return (
        Evidence("free", label(worst), worst.free, "1", rule.free, "below", worst.free <= rule.free, where),
        Evidence("free_hard", f"{label(worst)}, at all", worst.free, "1", rule.hard, "below",
                 worst.free <= rule.hard, where),
        Evidence("growth", grows, finite(worst.slope * HOUR), unit, subject=where),
        Evidence("exhausted", "Time until nothing is left", finite(worst.exhausted_in), "s", soon, "below",
                 worst.exhausted_in <= soon, where),
        *(
            Evidence("free_other", label(one), one.free, "1", rule.free, "below", one.free <= rule.free, one.where)
            for one in others
        ),
    )  # fmt: skip
