"""File descriptors run out

## What it sees
A process held {busy:.0%} or more of the descriptors it may open on the mean of ten minutes, or {critical:.0%}
throughout one minute, or {full:.0%} at moments of {minutes:.0f} minutes in ten; or it ended because it got no more
(EMFILE, ENFILE); or it is at {half:.0%} and what no open connection explains grows to the limit within hours. The same
levels count for all descriptors of the kernel. Growth that was seen for minutes is foreseen for as many, and only
where a process holds more than in the last two hours.

## Why it matters
Every connection, open file and pipe takes one. At the limit `accept`, `open` and `connect` fail: new clients are
not served, log files are not opened, and many programs end.

## What to do
If the descriptors are connections, raise the limit first: it costs nothing. Close idle ones, then spread the
connections over more processes. If they are no connections, look first what they are: where something does not close
what it opens, a higher limit only delays the end. A kernel's own limit is raised on its machine.

## Known limits
A job that opens files for many minutes, and closes them all at its end, looks like a leak of minutes once in two
hours. Connections are those from outside. Sockets to other services and open files count among the rest. Without the
agent, failures show only as the end of a process. WebSockets that hold {sockets:.0%} of the open descriptors or more
are the finding themselves (`websocket-capacity`) as long as they are counted.

## References
- [GitLab runbooks: open file descriptors](https://gitlab.com/gitlab-com/runbooks)
- [Linux: getrlimit](https://man7.org/linux/man-pages/man2/getrlimit.2.html)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Recall, Rule, at_least
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.growing import HOUR, PROOF, Growing, evidence_of, soonest
from advisor.diagnosis.leaks import READ_DESCRIPTORS, Pace, of_descriptors, of_descriptors_lately
from advisor.diagnosis.words import counted, lasting, number, percent
from advisor.features import Snapshot, stats
from advisor.features.descriptors import (
    FULL,
    RECENT,
    Descriptors,
    descriptors_of,
    ended_without,
    fullest,
    fullest_table,
)
from advisor.features.process import Process
from advisor.features.socket_capacity import open_sockets
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=("fd_open", "fd_limit"),
    suggests=("raise-limit", "fix-leak", "websocket-scale-out", "cluster", "load-balance", "autoscale", "vertical"),
    window=60.0,
    hold=0.0,
    clear_hold=300.0,
    place=2,
    settles=False,
    explained_by=(),
    recall=Recall(7200.0, 120.0, 60.0, process=READ_DESCRIPTORS),
    busy=Limit(0.80, "1", "GitLab's soft limit for open descriptors of a process"),
    critical=Limit(0.90, "1", "GitLab's hard limit for open descriptors of a process"),
    relaxed=Limit(0.70, "1", "ten points below the fire level, so that noise does not reopen it", at_most="busy"),
    half=Limit(0.50, "1", "below half of the limit a few hours of growth are no emergency (C8)", at_most="critical"),
    full=Limit(FULL, "1", "libuv keeps some back, and a look seldom meets the last one", fixed=True),
    minutes=Limit(3, "{minute}", "three of ten: a habit, not an accident"),
    sockets=Limit(0.50, "1", "WebSockets that hold most descriptors are what fills them: theirs is the finding (C10)"),
    grown=Limit(0.10, "1", "less than a tenth is within the usual ups and downs (C9)"),
    least=Limit(50, "{file_descriptor}", "fewer are a handful of idle connections to other services (C9)"),
    horizon=Limit(4 * HOUR, "s", "sooner than this it is critical (decision model 1.2)"),
    **PROOF,
)

LONG = 600.0  # seconds for which a level must hold, or within which a failure was just now
PACE = Pace(skip=600.0, apart=1800.0, smooth=600.0)
MINUTES = Pace(skip=0.0, apart=240.0, smooth=600.0)
LATELY = (1200.0, 2400.0, 4800.0)  # seconds; growth that began within them shows in none that is much longer


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Look at the fullest process, at failures, at the kernel, and at growth."""
    worst = fullest(snapshot.processes, LONG)
    if worst is None:
        return Reading(Condition.UNKNOWN, missing=("Open descriptors and their limit: run the agent on the host",))
    told = descriptors_of(worst, LONG)
    growing = _growing(snapshot)
    evidence = _evidence(snapshot, worst, told, growing)
    over = [e.holds for e in evidence if e.signal in _ALONE] + [_runs_out(evidence)]
    calm = (
        not told.full
        and told.share < rule.relaxed
        and _kernel(snapshot) < rule.relaxed
        and not ended_without(snapshot, RECENT)
    )
    condition = Condition.OVER if any(over) else Condition.UNDER if calm else Condition.BETWEEN
    return Reading(
        condition=condition,
        claim=_claim(snapshot, worst, told, growing if _runs_out(evidence) else None),
        evidence=evidence,
        severity=_severity(snapshot, told, evidence),
        confidence=_confidence(snapshot, told) if condition is Condition.OVER else _far(told),
        follows=("websocket-capacity",) if open_sockets(worst) >= rule.sockets * told.mean else (),
    )


_ALONE = ("fd_long", "fd_now", "fd_full", "fd_refused", "fd_kernel")
"""Signals of which any one is enough."""


def _kernel(snapshot: Snapshot) -> float:
    """The share of all descriptors of the kernel that are open, on the fullest host."""
    table = fullest_table(snapshot.machines, rule.window)
    return table.share if table else 0.0


def _growing(snapshot: Snapshot) -> Growing | None:
    """What grows at processes that are half full; the others have time."""
    near = [p for p in snapshot.processes if descriptors_of(p, LONG).share >= rule.half]
    lately = of_descriptors_lately(snapshot, rule.id, near, MINUTES, LATELY)
    return soonest(rule, (*of_descriptors(snapshot, rule.id, near, PACE), *lately), snapshot.time_scale)


def _runs_out(evidence: tuple[Evidence, ...]) -> bool:
    trend = [e.holds for e in evidence if e.signal.startswith("growth") or e.signal == "time_to_limit"]
    return bool(trend) and all(trend)


def _evidence(snapshot: Snapshot, worst: Process, told: Descriptors, growing: Growing | None) -> tuple[Evidence, ...]:
    mean, now = told.mean / told.limit, told.lowest_now / told.limit
    long_enough = worst.history(LONG) >= 0.9
    ends, kernel = len(ended_without(snapshot, LONG)), _kernel(snapshot)
    found = [
        Evidence("fd_long", "Descriptors open, mean of ten minutes", finite(mean), "1", rule.busy, "at least",
                 long_enough and mean >= rule.busy, worst.name),
        at_least("fd_now", "Descriptors open, least of a minute", now, "1", rule.critical, worst.name),
        at_least("fd_full", "Minutes of ten in which all were open", float(told.full), "{minute}", rule.minutes,
                 worst.name),
        at_least("fd_refused", "Processes ended without a descriptor, in ten minutes", ends, "1", 1),
        at_least("fd_kernel", "Descriptors of the kernel open", kernel, "1", rule.busy),
        Evidence("fd_open", "Descriptors open", finite(told.open), "{file_descriptor}", subject=worst.name),
        Evidence("fd_limit", "Descriptors allowed", finite(told.limit), "{file_descriptor}", subject=worst.name),
        Evidence("fd_connected", "Of them connections from outside", finite(told.connected), "1", subject=worst.name),
    ]  # fmt: skip
    return (*found, *(evidence_of(rule, growing, snapshot.time_scale) if growing else ()))


def _severity(snapshot: Snapshot, told: Descriptors, evidence: tuple[Evidence, ...]) -> Severity:
    full = told.share >= rule.critical or told.full >= rule.minutes or _kernel(snapshot) >= rule.critical
    critical = full or bool(ended_without(snapshot, LONG)) or _runs_out(evidence)
    return Severity.CRITICAL if critical else Severity.WARNING


def _far(told: Descriptors) -> float:
    return 0.6 * stats.ramp(told.share, rule.relaxed, rule.busy)


def _confidence(snapshot: Snapshot, told: Descriptors) -> float:
    """A count against its limit leaves little doubt; without the count of connections, why it is full does."""
    return confidence(
        required=(1.0,),
        support=(
            1.0 if ended_without(snapshot, LONG) else stats.ramp(told.share, rule.half, rule.critical),
            0.5 if math.isnan(told.connected) else 1.0,
        ),
        coverage=snapshot.coverage(rule.window),
    )


def _claim(snapshot: Snapshot, worst: Process, told: Descriptors, growing: Growing | None) -> str:
    ended = len(ended_without(snapshot, LONG))
    if ended:
        return f"{snapshot.name}: {counted(ended, 'process')} ended in the last ten minutes for want of a descriptor"
    if _kernel(snapshot) >= rule.busy:
        return f"{snapshot.name}: {percent(_kernel(snapshot))} of all descriptors of a host's kernel are open"
    if growing:  # which need not be the fullest
        worst = next((p for p in snapshot.processes if p.instance.id == growing.instance), worst)
        told = descriptors_of(worst, LONG)
    sentence = (
        f"{snapshot.name}: {worst.name} holds {number(told.open)} of the {number(told.limit)} descriptors it may open"
    )
    if growing:
        more = number(growing.growth.slope * HOUR)
        return f"{sentence}, and at {more} more an hour it reaches the limit in {lasting(growing.time_left)}"
    if told.full >= rule.minutes and told.share < rule.busy:
        return f"{sentence}, and all of them at moments of {told.full} of the last ten minutes"
    return sentence if math.isnan(told.connected) else f"{sentence}, {percent(told.connected)} of them connections"
