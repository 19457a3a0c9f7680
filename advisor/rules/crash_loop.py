"""Crash loop

## What it sees
A process of the service ends {ends:.0f} times or more within 15 minutes without having been asked to, or
{elsewhere:.0f} times in each of {places:.0f} places or more, or PM2 has given one up. Or processes end {again:.0f}
times or more within an hour with the same exception from the same place. Ends in a deploy, by SIGTERM or with exit code
0 do not count, unless an error stood before them.

## Why it matters
Each end breaks off open requests and WebSockets, and each start is slow. All other figures of a service that
starts again and again mislead: it is always young, its memory low, its loop busy with loading.

## What to do
Read the error, go back to the version before if it began with a deploy, and let the supervisor wait longer
between attempts. More processes or a bigger machine only fail more often, or later. Where most ended for want of
memory or of a descriptor, and the rule for that finds it as well, its advice comes first, unless all began with a
deploy.

## Known limits
Without the agent or the probe nobody tells how a process ended. A script of the same package that is started by
hand and fails looks like a process of the service. A kill by the kernel for memory and one by a person look alike.

## References
- [Node.js: exit codes](https://nodejs.org/api/process.html#exit-codes)
- [PM2: restart strategies](https://pm2.keymetrics.io/docs/usage/restart-strategies/)
"""

from __future__ import annotations

import math
from typing import Final

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule, at_least
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.missing import NOBODY
from advisor.diagnosis.words import counted, percent
from advisor.features import Snapshot, stats
from advisor.features.crash import Crash, Reason, crash, is_told, repeated
from advisor.vocabulary import Severity

PAST = 900.0  # seconds in which ends are counted (decision model C15); events reach back three days, rows need not

OF_LOOPS: Final = (
    "memory-leak", "gc-pressure", "event-loop-blocked", "event-loop-saturated", "thread-pool-saturated",
)  # fmt: skip
"""Rules whose figures are those of single loops and heaps: where all that is judged goes on, no start is among them."""

rule = Rule(
    __name__,
    needs=(),
    suggests=("fix-crash", "cluster", "load-balance", "autoscale", "vertical"),
    window=60.0,
    hold=0.0,
    clear_hold=300.0,
    place=1,
    settles=False,
    of_lives=True,
    ends=Limit(
        3, "{end}", "three within 15 minutes are no accident (decision model C15); supervisors count the same way"
    ),
    elsewhere=Limit(2, "{end}", "fewer in one place are enough where several places show the same"),
    places=Limit(2, "{process}", "from two places on it is no fault of one machine"),
    again=Limit(4, "{end}", "one request in many can end a process so: each quarter of an hour is no chance"),
    most=Limit(0.5, "1", "more than half of the ends have one reason: the rest may be what follows"),
    unstable=Limit(3, "{restart}", "PM2 counts only restarts right after a start as unstable; it gives up after 16"),
)


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Count what nobody planned, by the places that the processes had, and what has one exception."""
    found, alike = crash(snapshot, PAST), repeated(snapshot, PAST)
    if not found.ends and not found.pm2.told and not is_told(snapshot, PAST):
        return Reading(Condition.UNKNOWN, missing=("How processes end: run the agent on the host, or load the probe",))
    if not found.pm2.told and not (snapshot.processes or snapshot.window.lives):
        return Reading(Condition.UNKNOWN, missing=(NOBODY,))
    slow, condition = _is_slow(found, alike), _condition(found, alike)
    return Reading(
        condition=condition,
        claim=_claim(snapshot, alike if slow else found, "an hour" if slow else "15 minutes"),
        evidence=_evidence(found, alike),
        severity=Severity.WARNING if slow else Severity.CRITICAL,
        confidence=_confidence(found, condition),
        follows=_follows(alike if slow else found),
        apart_from=OF_LOOPS if _go_on(snapshot) else (),
    )


def _is_quick(found: Crash) -> bool:
    ended = found.worst >= rule.ends or _spread(found) >= rule.places
    return ended or bool(found.pm2.given_up) or _unstable(found)


def _spread(found: Crash) -> int:
    """Places with ends enough for one of several."""
    return sum(count >= rule.elsewhere for count in found.places)


def _unstable(found: Crash) -> bool:
    """PM2's count of a living process stays until it is reset, so it speaks only while restarts are added."""
    return found.pm2.unstable >= rule.unstable and found.pm2.restarts >= rule.unstable


def _is_slow(found: Crash, alike: Crash) -> bool:
    """True where one exception ends processes now and then, and that is not too quick to be told by the minute."""
    return not _is_quick(found) and len(alike.ends) >= rule.ends


def _condition(found: Crash, alike: Crash) -> Condition:
    if _is_quick(found) or len(alike.ends) >= rule.again:
        return Condition.OVER
    return Condition.BETWEEN if found.worst >= rule.elsewhere or _is_slow(found, alike) else Condition.UNDER


def _confidence(found: Crash, condition: Condition) -> float:
    sure = condition is Condition.OVER
    known = found.reason is not Reason.KILLED  # a person may also kill what hangs
    return confidence(
        required=(1.0 if sure else stats.ramp(found.worst, 0.0, rule.ends),),
        support=(1.0 if known else 0.5,),
        coverage=1.0,
    )


def _go_on(snapshot: Snapshot) -> bool:
    """True if every process that is judged has lived for as long as ends are counted: others are those that end."""
    since = snapshot.now - PAST / snapshot.time_scale
    starts = [process.instance.started for process in snapshot.processes]
    return bool(starts) and all(start is not None and start <= since for start in starts)


def _follows(found: Crash) -> tuple[str, ...]:
    """The rules that explain most of the ends; where they began with a deploy, to go back comes first (C15)."""
    if found.deploy or found.share <= rule.most:
        return ()
    if found.is_refused:
        return ("descriptor-exhaustion",)
    return ("memory-pressure", "memory-leak") if found.is_full else ()


def _claim(snapshot: Snapshot, found: Crash, within: str) -> str:
    if not found.ends and not found.pm2.given_up and not _unstable(found):
        return f"{snapshot.name}: 0 processes ended unplanned in {within}"
    since = f", since version {found.deploy.version}" if found.deploy and found.deploy.version else ""
    if found.pm2.given_up:
        after = f" after {counted(found.pm2.restarts, 'restart')}" if found.pm2.restarts else ""
        gone = f"PM2 has given up {counted(found.pm2.given_up, 'process')}{after}"
        return f"{snapshot.name}: {gone}{_last_end(found)}{since}"
    if not found.ends:
        return f"{snapshot.name}: PM2 restarted it {found.pm2.restarts} times right after a start"
    return f"{snapshot.name}: {_how_often(found, within)}{_last_end(found)}{since}"


def _how_often(found: Crash, within: str) -> str:
    if len(found.places) > 1:
        return f"processes in {len(found.places)} places ended {counted(len(found.ends), 'time')} in {within}"
    return f"a process ended {counted(len(found.ends), 'time')} in {within}"


def _last_end(found: Crash) -> str:
    return f", last {found.typical}" if found.typical else ""


def _evidence(found: Crash, alike: Crash) -> tuple[Evidence, ...]:
    pm2 = found.pm2
    told = [
        at_least("ends", "Ends in one place that nobody planned, 15 minutes", found.worst, "{end}", rule.ends),
        at_least("places", f"Places with {rule.elsewhere:.0f} such ends", _spread(found), "{process}", rule.places),
        at_least("again", "Ends with one exception at one place, an hour", len(alike.ends), "{end}", rule.again),
    ]
    if pm2.told or pm2.unstable:
        told += [
            at_least("errored", "Processes that PM2 has given up", pm2.given_up, "{process}", 1),
            at_least("restarts_unstable", "Restarts right after a start", pm2.unstable, "{restart}", rule.unstable),
        ]
    if not math.isnan(found.memory):
        told.append(Evidence("memory_rss", "Resident memory before the end", found.memory, "By"))
    if not math.isnan(found.heap):
        label = f"Heap in use before the end, {percent(found.heap)} of its limit"
        told.append(Evidence("heap_used", label, finite(found.heap), "1"))
    return tuple(told)
