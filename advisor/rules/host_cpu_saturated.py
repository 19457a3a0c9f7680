"""Host CPU saturated

## What it sees
One of three shortages of processors, told apart. Contention: those of a host are {busy:.0%} busy or more over a minute,
or over two or five that end busy, or tasks wait for one {pressure:.0%} of the time on a host that is nearly full.
Throttling: a quota, of the host's control group or of the process's own, holds it back in {throttle:.0%} of its
periods. Steal: the hypervisor takes {steal:.0%} of the time. And the service feels it: its main threads wait for a
processor or its loops are busy without computing ({gap:.0%} of the last minute or of five, or {least:.0%} where that is
{delayed:.0%} of the time in which they want to run), or its processes use {own:.0%} of all cores that they may use.

## Why it matters
A process that waits for a processor looks like one that works: its event loop is busy and its requests are
slow. More processes on the same machine make that worse.

## What to do
Contention: spread the load over more machines, or take a machine with more cores where the processes can use them.
Throttling: raise or remove the quota, and run no more workers than it allows. Steal: move, a neighbour takes the time.

## Known limits
Processor time of two threads on one core counts as two: the second half of a host is worth less than the
first. A batch job that fills idle time on purpose looks alike; without an effect on the service it stays silent. Where
the service is that job itself (no process listens or answers), this is information and no warning. A quota of a core
for each loop that full loops use up is their limit and no shortage, unless they wait. The load average
counts tasks that wait for disks as well, so it is shown and decides nothing.

## References
- [GitLab runbooks: node CPU saturation](https://gitlab.com/gitlab-com/runbooks)
- [Linux: pressure stall information](https://docs.kernel.org/accounting/psi.html)
- [Linux: CFS bandwidth control](https://docs.kernel.org/scheduler/sched-bwc.html)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule, at_least, quota
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import cores, percent
from advisor.features import Snapshot, control_groups, shortage, stats
from advisor.features.impact import nobody_waits
from advisor.features.machine import Machine
from advisor.features.process import Process
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=("cpu_idle", ("cpu_main", "cpu_user")),
    suggests=(
        "relieve-host",
        "load-balance",
        "autoscale",
        "vertical",
        "static-offload",
        "optimise-code",
        "decompose",
        "worker-threads",
        "cluster",
    ),
    window=60.0,
    hold=540.0,  # ten minutes are full, of which the first look has seen one
    critical_hold=240.0,  # five minutes likewise, as for a loop that is full
    clear_hold=300.0,
    place=5,
    busy=Limit(0.90, "1", "GitLab's soft limit for the processors of a node"),
    relaxed=Limit(0.80, "1", "ten points below the fire level, so that noise does not reopen it", at_most="busy"),
    critical=Limit(0.95, "1", "GitLab's hard limit for the processors of a node"),
    pressure=Limit(0.20, "1", "a fifth of the time some task waits; on a host with idle processors it means nothing"),
    throttle=Limit(0.25, "1", "the limit of the Kubernetes mixin's throttling alert"),
    throttle_relaxed=Limit(0.15, "1", "ten points below the fire level", at_most="throttle"),
    steal=Limit(0.10, "1", "a tenth of the time taken by neighbours is felt by every request"),
    steal_relaxed=Limit(0.05, "1", "half of it, so that noise does not reopen it", at_most="steal"),
    gap=Limit(0.15, "1", "measured: a computing loop stays below it, a starved one shows 0.5"),
    delayed=Limit(0.25, "1", "its work takes a third longer then: a fair share of a full host, however little it asks"),
    least=Limit(0.05, "1", "half of GitLab's soft limit for waits of a node: below it nobody notices", at_most="gap"),
    own=Limit(0.80, "1", "then the service itself fills the machine, whether its loops show it or not"),
)

SPANS = (rule.window, 300.0)  # seconds: now, and a time in which somebody would have asked for something


class Kind(StrEnum):
    """What makes processors short."""

    THROTTLING = "throttling"
    STEAL = "steal"
    CONTENTION = "contention"


@dataclass(frozen=True, slots=True)
class _Place:
    """One machine with the service's processes on it, and how short processors are there.

    Attributes:
        held: the process that its own quota holds back most.
        short: each kind -> how far it went from its clear to its fire level, 0 to 1.
        waits: share of time that the service waits for a processor, NaN where unknown.
        delayed: likewise, of the time in which its main threads want to run.
        often: how near that and the waits come together to the levels at which little work feels them, which is 1.
        own: cores that it uses, of those that it may.
    """

    machine: Machine
    held: Process
    short: dict[Kind, float]
    waits: float
    delayed: float
    often: float
    own: float

    @property
    def kind(self) -> Kind:
        return max(self.short, key=self.short.__getitem__)

    @property
    def worst(self) -> float:
        return max(self.short.values())

    @property
    def felt(self) -> float:
        """How near it is to a level at which the shortage is felt, which is 1."""
        return stats.highest([self.waits / rule.gap, self.often, self.own / rule.own])


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Look at the machine where processors are shortest, of those where the service feels it if there is one."""
    places = [_place(snapshot, m) for m in snapshot.machines if snapshot.on(m) and not math.isnan(m.cpu(rule.window))]
    place = max(places, key=lambda p: (min(p.felt, p.worst) >= 1, p.worst, p.machine.cpu(rule.window)), default=None)
    if place is None:
        return Reading(Condition.UNKNOWN, missing=("Processor time of the host: run the agent on it",))
    if place.worst >= 1 and math.isnan(place.waits) and not place.own >= rule.own:
        return Reading(Condition.UNKNOWN, missing=("Event loop busy: load the probe into the Node.js process",))
    return Reading(
        condition=_condition(place),
        claim=_claim(snapshot, place),
        evidence=_evidence(snapshot, place),
        severity=_severity(snapshot, place),
        confidence=_confidence(place),
        first=quota.ANSWER if place.kind is Kind.THROTTLING else "",
    )


def _severity(snapshot: Snapshot, place: _Place) -> Severity:
    if nobody_waits(snapshot, max(SPANS)):
        return Severity.INFO
    return Severity.CRITICAL if place.machine.cpu(rule.window) >= rule.critical else Severity.WARNING


def _place(snapshot: Snapshot, machine: Machine) -> _Place:
    here, window = snapshot.on(machine), rule.window
    group = control_groups.most_held(snapshot, machine, window)
    held = max(group.processes, key=lambda process: shortage.throttled(process, window))
    short = _short(machine, held)
    bound = short[Kind.THROTTLING] >= max(short.values()) and shortage.throttled(held, window) > 0
    own = stats.mean([p.cpu(window) for p in here]) * len(here) / machine.cores
    if bound and not group.is_filled_by_loops(window, rule.own):
        own = max(own, group.used(window) / group.quota)  # workers in one container draw on it together
    crowded = short[Kind.CONTENTION] >= max(short.values())
    delayed, often = shortage.in_the_way(here, SPANS, rule.delayed, rule.least) if crowded else (math.nan, math.nan)
    return _Place(machine, held, short, _waits(here, held if bound else None, crowded), delayed, often, own)


def _short(machine: Machine, held: Process) -> dict[Kind, float]:
    window, span = rule.window, _span(machine)
    busy = machine.cpu(span)
    throttle = max(machine.throttled(window), shortage.throttled(held, window))
    # Pressure counts waits of any task, also of short ones on a half idle machine: alone it is no shortage.
    pressed = stats.ramp(machine.pressure(span), rule.pressure / 2, rule.pressure) if busy >= rule.relaxed else 0.0
    return {
        Kind.CONTENTION: max(stats.ramp(busy, rule.relaxed, rule.busy), pressed),  # of equals: no quota adds a core
        Kind.THROTTLING: stats.ramp(throttle, rule.throttle_relaxed, rule.throttle),
        Kind.STEAL: stats.ramp(machine.steal(window), rule.steal_relaxed, rule.steal),
    }


def _span(machine: Machine) -> float:
    return stats.telling(machine.cpu, *SPANS, rule.relaxed)


def _waits(here: tuple[Process, ...], held: Process | None, crowded: bool) -> float:
    """What the kernel counts if others crowd the host; else, and where it does not tell, the gap of the loops."""
    told = shortage.felt(here, shortage.waited, *SPANS)
    if crowded and not math.isnan(told):
        return told
    return shortage.felt((held,) if held else here, Process.gap, *SPANS)


def _condition(place: _Place) -> Condition:
    if place.worst >= 1 and place.felt >= 1:
        return Condition.OVER
    return Condition.BETWEEN if place.worst > 0 else Condition.UNDER


def _evidence(snapshot: Snapshot, place: _Place) -> tuple[Evidence, ...]:
    machine, held, window, here = place.machine, place.held, rule.window, snapshot.on(place.machine)
    span = _span(machine)
    waited, gap = (shortage.felt(here, figure, *SPANS) for figure in (shortage.waited, Process.gap))
    load = stats.level(machine.track, "load_1m", machine.span(window)) / machine.cores
    figures = (
        ("host_cpu", "Host CPU", machine.cpu(span), rule.busy, machine.name),
        ("pressure_cpu", "Time some task waits for a processor", machine.pressure(span), rule.pressure, machine.name),
        ("throttled", "Quota throttled", machine.throttled(window), rule.throttle, machine.name),
        ("cgroup_throttled", "Its own quota throttled", shortage.throttled(held, window), rule.throttle, held.name),
        ("cpu_steal", "Taken by the hypervisor", machine.steal(window), rule.steal, machine.name),
        ("cpu_wait", "Main thread waits for a processor", waited, rule.gap, machine.name),
        ("delayed", "Wait, of the time in which it wants to run", place.delayed, rule.delayed, machine.name),
        ("gap", "Busy without computing", max(gap, 0.0), rule.gap, machine.name),
        ("own_cpu", "Cores that the service uses, of all", place.own, rule.own, machine.name),
    )
    return (
        *(at_least(signal, label, value, "1", limit, who) for signal, label, value, limit, who in figures
          if signal != "delayed" or value >= 0),
        Evidence("load_per_core", "Load average of a minute, per core", finite(load), "1", subject=machine.name),
        Evidence("cgroup_throttled_time", "Threads held back by its own quota, seconds a second",
                 finite(shortage.held_back(held, window)), "1", subject=held.name),
        Evidence("cgroup_cpu_limit", "Cores that its own quota allows", finite(shortage.allowed(held, window)),
                 "{cpu}", subject=held.name),
    )  # fmt: skip


def _confidence(place: _Place) -> float:
    machine, window, span = place.machine, rule.window, _span(place.machine)
    pressure = machine.pressure(span)
    if place.kind is Kind.CONTENTION:
        pressed = 0.5 if math.isnan(pressure) else stats.ramp(pressure, 0.0, rule.pressure)
        support = (pressed, stats.ramp(machine.cpu(span), rule.relaxed, rule.busy))
    else:
        # An idle host speaks neither for nor against a quota or a hypervisor: what the service feels does.
        support = (stats.ramp(place.waits, 0.0, 2 * rule.gap), stats.ramp(place.own, 0.0, rule.own))
    felt = stats.ramp(place.felt, 0.0, 1.0)
    return confidence(required=(place.worst, felt), support=support, coverage=machine.coverage(window))


def _claim(snapshot: Snapshot, place: _Place) -> str:
    sentence = f"{snapshot.name}: {_shortage(place)}"
    if place.worst >= 1 and stats.highest([place.waits / rule.gap, place.often]) >= 1:
        return f"{sentence}, so its event loop waits for a processor {percent(place.waits)} of the time"
    return f"{sentence}; its processors are {percent(place.machine.cpu(_span(place.machine)))} busy"


def _shortage(place: _Place) -> str:
    machine, held, window = place.machine, place.held, rule.window
    if place.worst >= 1 and place.kind is Kind.THROTTLING:
        return quota.claim(held, machine, window)
    if place.worst >= 1 and place.kind is Kind.STEAL:
        return f"the hypervisor takes {percent(machine.steal(window))} of the processors of {machine.name}"
    return f"{machine.name} has {cores(machine.spare(_span(machine)), machine.cores)} idle"
