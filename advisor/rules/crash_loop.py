"""Crash loop

## What it sees
A process of the service ends {ends:.0f} times or more within 15 minutes without having been asked to, or
{elsewhere:.0f} times in each of {places:.0f} places or more, or PM2 has given one up. Ends in a deploy, by SIGTERM
or with exit code 0 do not count, unless an error stood before them.

## Why it matters
Each end breaks off open requests and WebSockets, and each start is slow. All other figures of a service that
starts again and again mislead: it is always young, its memory low, its loop busy with loading.

## What to do
Read the error, go back to the version before if it began with a deploy, and let the supervisor wait longer
between attempts. More processes or a bigger machine only fail more often, or later.

## Known limits
Without the agent or the probe nobody tells how a process ended. A script of the same package that is started by
hand and fails looks like a process of the service. A kill by the kernel for memory and one by a person look alike.

## References
- [Node.js: exit codes](https://nodejs.org/api/process.html#exit-codes)
- [PM2: restart strategies](https://pm2.keymetrics.io/docs/usage/restart-strategies/)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule, at_least
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.missing import NOBODY
from advisor.diagnosis.words import counted, percent
from advisor.features import Snapshot, stats
from advisor.features.crash import Crash, Reason, crash, is_told
from advisor.vocabulary import Severity

PAST = 900.0  # seconds in which ends are counted (decision model C15); events reach back a day, rows need not

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
    unstable=Limit(3, "{restart}", "PM2 counts only restarts right after a start as unstable; it gives up after 16"),
)


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Count what nobody planned, by the places that the processes had."""
    found = crash(snapshot, PAST)
    if not found.ends and not found.pm2.told and not is_told(snapshot, PAST):
        return Reading(Condition.UNKNOWN, missing=("How processes end: run the agent on the host, or load the probe",))
    if not found.pm2.told and not (snapshot.processes or snapshot.window.lives):
        return Reading(Condition.UNKNOWN, missing=(NOBODY,))
    return Reading(
        condition=_condition(found),
        claim=_claim(snapshot, found),
        evidence=_evidence(found),
        severity=Severity.CRITICAL,
        confidence=_confidence(found),
    )


def _spread(found: Crash) -> int:
    """Places with ends enough for one of several."""
    return sum(count >= rule.elsewhere for count in found.places)


def _unstable(found: Crash) -> bool:
    """PM2's count of a living process stays until it is reset, so it speaks only while restarts are added."""
    return found.pm2.unstable >= rule.unstable and found.pm2.restarts >= rule.unstable


def _condition(found: Crash) -> Condition:
    if found.worst >= rule.ends or _spread(found) >= rule.places or found.pm2.given_up or _unstable(found):
        return Condition.OVER
    return Condition.BETWEEN if found.worst >= rule.elsewhere else Condition.UNDER


def _confidence(found: Crash) -> float:
    sure = _condition(found) is Condition.OVER
    alike = found.reason is not Reason.KILLED  # a person may also kill what hangs
    return confidence(
        required=(1.0 if sure else stats.ramp(found.worst, 0.0, rule.ends),),
        support=(1.0 if alike else 0.5,),
        coverage=1.0,
    )


def _claim(snapshot: Snapshot, found: Crash) -> str:
    if not found.ends and not found.pm2.given_up and not _unstable(found):
        return f"{snapshot.name}: 0 processes ended unplanned in 15 minutes"
    since = f", since version {found.deploy.version}" if found.deploy and found.deploy.version else ""
    if found.pm2.given_up:
        after = f" after {counted(found.pm2.restarts, 'restart')}" if found.pm2.restarts else ""
        gone = f"PM2 has given up {counted(found.pm2.given_up, 'process')}{after}"
        return f"{snapshot.name}: {gone}{_last_end(found)}{since}"
    if not found.ends:
        return f"{snapshot.name}: PM2 restarted it {found.pm2.restarts} times right after a start"
    return f"{snapshot.name}: {_how_often(found)}{_last_end(found)}{since}"


def _how_often(found: Crash) -> str:
    if len(found.places) > 1:
        return f"processes in {len(found.places)} places ended {counted(len(found.ends), 'time')} in 15 minutes"
    return f"a process ended {counted(len(found.ends), 'time')} in 15 minutes"


def _last_end(found: Crash) -> str:
    return f", last {found.typical}" if found.typical else ""


def _evidence(found: Crash) -> tuple[Evidence, ...]:
    pm2 = found.pm2
    told = [
        at_least("ends", "Ends in one place that nobody planned, 15 minutes", found.worst, "{end}", rule.ends),
        at_least("places", f"Places with {rule.elsewhere:.0f} such ends", _spread(found), "{process}", rule.places),
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
