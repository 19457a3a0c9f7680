"""Over-provisioned

## What it sees
Over {days:.0f} days or more, all processes together never needed (but for one hour in 200) more than a smaller number
of them would carry at {load:.0%}, and at {loss:.0%} with one of those lost. Memory, processors and descriptors would
stay below {memory:.0%}, {cpu:.0%} and {handles:.0%}, those of each control group (container) as well as those of hosts;
where all run on one host, what it does stays as it is.
The number is smaller by {step:.0%} at most, or by one where that is less than one. Where the peak grows by a tenth a
week or more, what loops and processors come to in {ahead:.0f} days counts. An API and the worker of its queue are
asked each for itself.

## Why it matters
Processes and machines that are not used cost money and memory, and each holds its own database connections.

## What to do
Take away a few, watch a daily peak, then look again. Never below two.

## Known limits
It knows nothing of events to come, of a number that is set by contract, or of load below two weeks' patterns:
below {whole:.0f} days it is not sure. It cannot see incidents of the weeks before. Whether a third process stands in a
zone of its own, so that one may be lost whole, it cannot know.

## References
- [AWS Compute Optimizer: rightsizing preferences](https://docs.aws.amazon.com/compute-optimizer/latest/ug/rightsizing-preferences.html)
- [Autopilot: workload autoscaling at Google](https://research.google/pubs/pub49174/)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Recall, Rule, at_least
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import counted, number, percent
from advisor.features import Snapshot, Track, control_groups, stats
from advisor.features.demand import DAY, Demand, demand, fullest, host_cpu, memory_used, quota_used
from advisor.features.lives import unplanned
from advisor.features.programs import Program, programs
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=(("loop_active", "loop_utilization", "cpu_main", "cpu_user"), "cpu_idle", "memory_available"),
    suggests=("scale-down",),
    window=300.0,
    hold=7200.0,
    clear_hold=3600.0,
    place=12,
    recall=Recall(
        seconds=14 * DAY,
        step=3600.0,
        pace=3600.0,
        process=("loop_active", "loop_utilization", "cpu_main", "cpu_user", "cpu_system", "fd_open", "fd_limit",
                 "cgroup_cpu_limit", "cgroup_memory_usage", "cgroup_memory_limit"),
        host=("cpu_user", "cpu_system", "cpu_steal", "cpu_idle", "cpu_iowait", "memory_limit", "memory_available"),
    ),
    days=Limit(7, "d", "one weekend must be among them (decision model 1.2)"),
    whole=Limit(14, "d", "AWS Compute Optimizer's and KRR's span: two of each weekday"),
    unsure=Limit(0.6, "1", "the highest confidence below that span"),
    load=Limit(0.60, "1", "the utilization to which loops are sized (P1)"),
    loss=Limit(0.80, "1", "the same with one process lost (P1)"),
    spikes=Limit(0.90, "1", "even if all processes had their highest moments of an hour at once"),
    memory=Limit(0.70, "1", "what is moved to the others must leave room for a peak"),
    cpu=Limit(0.60, "1", "that of the loops, for the host carries them (P1)"),
    handles=Limit(0.60, "1", "as for loops: connections move to the others"),
    relaxed=Limit(0.10, "1", "above each of these limits, so that noise does not end it"),
    step=Limit(0.25, "1", "at most a quarter at once, or one, then a daily peak must be seen (C17)"),
    growth=Limit(1.10, "1", "a service that grows by a tenth a week may need them soon"),
    ahead=Limit(91, "d", "what grows so must fit for a quarter more: nobody takes away what is bought again in weeks"),
    least=Limit(2, "{process}", "with fewer, one that is lost leaves none"),
    complete=Limit(0.8, "1", "with more hours missing the peak may be among them"),
)  # fmt: skip


_MORE: Final = (Condition.UNKNOWN, Condition.UNDER, Condition.BETWEEN, Condition.OVER)


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Ask of each program by itself, for none can do the work of another; tell of the one that can spare most."""
    readings = [_reading(program) for program in programs(snapshot)]
    return max(readings, key=lambda reading: (_MORE.index(reading.condition), reading.confidence))


def _reading(program: Program) -> Reading:
    """Find the largest number that can be taken away; every condition must allow it."""
    snapshot = program.snapshot
    past = snapshot.recalled(rule.id)
    need = demand(past) if past is not None else None
    if past is None or need is None or need.days < rule.days or need.complete < rule.complete:
        return Reading(Condition.UNKNOWN, missing=(_too_short(need),))
    count = len(snapshot.processes)
    figures = _figures(snapshot, past, need)
    most = min(max(1, math.floor(rule.step * count)), count - math.ceil(rule.least))
    soon = figures if need.growth < rule.growth else _grown(figures, need.in_time(rule.ahead))
    calm = not unplanned(snapshot, 3 * DAY)
    enough = _most(soon, count, most, 0.0) if calm else 0
    fewer = enough or (_most(soon, count, most, rule.relaxed) if calm else 0)
    return Reading(
        condition=Condition.OVER if enough else Condition.BETWEEN if fewer else Condition.UNDER,
        claim=_claim(program, need, enough),
        evidence=_evidence(figures, need, count, max(1, fewer), enough),
        severity=Severity.INFO,
        confidence=_confidence(need, figures, count, max(1, fewer)) if fewer else 0.0,
        processes=program.ids,
    )


def _most(figures: _Figures, count: int, most: int, above: float) -> int:
    """The most processes that can go, of `most`, if each limit may be passed by so much; 0 where none can."""
    return max((k for k in range(1, most + 1) if _allows(figures, count, k, above)), default=0)


def _too_short(need: Demand | None) -> str:
    have = need.days if need else 0.0
    if need and have >= rule.days:
        wanted = f"{percent(rule.complete)} are needed"
        return f"Complete data: {percent(need.complete)} of the hours have figures, and {wanted}"
    return f"{number(rule.days)} days of data, a weekend among them: {number(have)} are there"


_OF_WORK = ("work", "spikes", "host_cpu", "group_cpu")


class _Figure(NamedTuple):
    """Its near-peak in all (erlangs) or as a share now, its limit, and whether it stays where the others carry more."""

    signal: str
    label: str
    value: float
    limit: float
    stays: bool = False

    def then(self, count: int, fewer: int) -> float:
        """What it is with so many processes fewer, if all that they carry moves to the others.

        On one machine nothing moves: it does as much as before.
        """
        if self.signal in ("work", "spikes"):
            return self.value / (count - fewer)
        return self.value if self.stays else self.value * count / (count - fewer)


_Figures = tuple[_Figure, ...]


def _figures(snapshot: Snapshot, past: Snapshot, need: Demand) -> _Figures:
    processes = {str(one.id): one.track for one in past.window.instances}
    websockets = snapshot.websockets(rule.window)
    handles, alone = fullest(processes, "fd_open", "fd_limit"), control_groups.hosts(snapshot) == 1
    return (
        _Figure("work", "Loops near the peak", need.work, rule.load),
        _Figure("spikes", "Highest moments of an hour, all at once", need.spikes, rule.spikes),
        _Figure("memory", "Memory of the fullest host", memory_used(past), rule.memory, alone),
        _Figure("host_cpu", "Processors of the fullest host", host_cpu(past), rule.cpu, alone),
        _Figure("group_memory", "Memory of the fullest control group",
         fullest(processes, "cgroup_memory_usage", "cgroup_memory_limit"), rule.memory),
        _Figure("group_cpu", "Processors of the fullest control group", _group_cpu(snapshot, processes), rule.cpu),
        # Without the count of descriptors nobody can say whether the sockets fit elsewhere.
        _Figure("fd", "Descriptors of the fullest process", 1.0 if math.isnan(handles) and websockets else handles,
         rule.handles),
    )  # fmt: skip


def _grown(figures: _Figures, times: float) -> _Figures:
    """The figures when there is so many times as much to do; most of memory and descriptors does not follow that."""
    return tuple(
        figure._replace(value=figure.value * times) if figure.signal in _OF_WORK else figure for figure in figures
    )


def _group_cpu(snapshot: Snapshot, processes: Mapping[str, Track]) -> float:
    """Near-peak share of its quota that a control group uses, if all that share one are as busy as the busiest."""
    together = max((len(group.processes) for group in control_groups.every(snapshot) if group.is_bound), default=1)
    return quota_used(processes) * together


def _allows(figures: _Figures, count: int, fewer: int, above: float) -> bool:
    if any(figure.then(count, fewer) > figure.limit + above for figure in figures):
        return False
    work = figures[0].value
    required = (figure.value for figure in figures if figure.signal in ("work", "memory", "host_cpu"))
    return not any(math.isnan(value) for value in required) and _after_loss(work, count - fewer) <= rule.loss + above


def _after_loss(work: float, left: int) -> float:
    """How busy the loops are with one of those that are left lost; without bound if that was the last."""
    return work / (left - 1) if left > 1 else math.inf


def _confidence(need: Demand, figures: _Figures, count: int, fewer: int) -> float:
    room = [
        stats.ramp(figure.then(count, fewer), figure.limit * 1.1, figure.limit * 0.8)
        for figure in figures
        if not math.isnan(figure.value)
    ]
    sure = confidence(required=(1.0,), support=room, coverage=need.complete if need.measured else need.complete * 0.9)
    return sure if need.days >= rule.whole - 0.5 else min(rule.unsure, sure)


def _claim(program: Program, need: Demand, fewer: int) -> str:
    snapshot, count = program.snapshot, len(program.snapshot.processes)
    who = f"{counted(count, 'process')}{program.words}"
    used = f"{who} were {percent(need.work / count)} busy near the peak of {number(need.days)} days"
    if not fewer:
        return f"{snapshot.name}: {used}"
    return f"{snapshot.name}: {used}, and {count - fewer} would be {percent(need.work / (count - fewer))}"


def _evidence(figures: _Figures, need: Demand, count: int, fewer: int, allowed: int) -> tuple[Evidence, ...]:
    left = max(1, count - fewer)
    loss = _after_loss(need.work, left)
    told = [
        at_least("fewer", "Processes that are not needed", float(allowed), "{process}", 1.0),
        Evidence("growth", "Peak of the last week, of the one before", finite(need.growth), "1", rule.growth, "below",
                 need.growth < rule.growth),
        Evidence("days", "Days of data", need.days, "d", rule.whole, "at least", need.days >= rule.whole - 0.5),
        Evidence("loss", f"Loops with {left} processes, one of them lost", finite(loss), "1", rule.loss, "at most",
                 loss <= rule.loss),
    ]  # fmt: skip
    for figure in figures:
        if math.isnan(figure.value) and figure.signal.startswith("group"):
            continue  # most services have no control group with a limit
        then, label = figure.then(count, count - left), f"{figure.label}, with {left} processes"
        told.append(Evidence(figure.signal, label, finite(then), "1", figure.limit, "at most", then <= figure.limit))
    return tuple(told)
