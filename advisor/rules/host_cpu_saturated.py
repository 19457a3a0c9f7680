"""Host CPU saturated

## What it sees
The processors of a host are {busy:.0%} busy or more over a minute, or tasks wait for a processor {pressure:.0%}
of the time on a host that is nearly full, or a quota holds processes back in {throttle:.0%} of its periods, or
the hypervisor takes {steal:.0%} of the time. And the service feels it: its loops are busy without computing
({gap:.0%} of the time or more), or its processes use {own:.0%} of all cores.

## Why it matters
A process that waits for a processor looks like one that works: its event loop is busy and its requests are
slow. More processes on the same machine make that worse.

## What to do
Spread the load over more machines, or take a machine with more cores where the processes can use them. Where
a quota throttles, raise or remove it. Where a neighbour takes the time, move.

## Known limits
Processor time of two threads on one core counts as two: the second half of a host is worth less than the
first. A batch job that fills idle time on purpose looks alike; without an effect on the service it stays silent.

## References
- [GitLab runbooks: node CPU saturation](https://gitlab.com/gitlab-com/runbooks)
- [Linux: pressure stall information](https://docs.kernel.org/accounting/psi.html)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import cores, percent
from advisor.features import Snapshot, stats
from advisor.features.machine import Machine
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=("cpu_idle", ("cpu_main", "cpu_user")),
    suggests=("load-balance", "vertical", "optimise-code", "decompose", "worker-threads", "cluster"),
    window=60.0,
    hold=600.0,
    clear_hold=300.0,
    place=5,
    busy=Limit(0.90, "1", "GitLab's soft limit for the processors of a node"),
    relaxed=Limit(0.80, "1", "ten points below the fire level, so that noise does not reopen it"),
    critical=Limit(0.95, "1", "GitLab's hard limit for the processors of a node"),
    pressure=Limit(0.20, "1", "a fifth of the time some task waits; on a host with idle processors it means nothing"),
    throttle=Limit(0.25, "1", "the limit of the Kubernetes mixin's throttling alert"),
    throttle_relaxed=Limit(0.15, "1", "ten points below the fire level"),
    steal=Limit(0.10, "1", "a tenth of the time taken by neighbours is felt by every request"),
    steal_relaxed=Limit(0.05, "1", "half of it, so that noise does not reopen it"),
    gap=Limit(0.15, "1", "measured: a computing loop stays below it, a starved one shows 0.5"),
    own=Limit(0.80, "1", "then the service itself fills the machine, whether its loops show it or not"),
)


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Look at the fullest machine that the service runs on."""
    machine = max(
        (m for m in snapshot.machines if snapshot.on(m) and not math.isnan(m.cpu(rule.window))),
        key=lambda m: (_shortage(m), m.cpu(rule.window)),
        default=None,
    )
    if machine is None:
        return Reading(Condition.UNKNOWN, missing=("Processor time of the host: run the agent on it",))
    gap = stats.mean([p.gap(rule.window) for p in snapshot.on(machine)])
    own = stats.mean([p.cpu(rule.window) for p in snapshot.on(machine)]) * len(snapshot.on(machine)) / machine.cores
    if _shortage(machine) >= 1 and math.isnan(gap) and not own >= rule.own:
        return Reading(Condition.UNKNOWN, missing=("Event loop busy: load the probe into the Node.js process",))
    return Reading(
        condition=_condition(machine, gap, own),
        claim=_claim(snapshot, machine, gap),
        evidence=_evidence(machine, gap, own),
        severity=Severity.CRITICAL if machine.cpu(rule.window) >= rule.critical else Severity.WARNING,
        confidence=_confidence(machine, gap, own),
    )


def _shortage(machine: Machine) -> float:
    """How far the fullest of the machine's signals went from its clear to its fire level, 0 to 1."""
    busy = machine.cpu(rule.window)
    return max(
        stats.ramp(busy, rule.relaxed, rule.busy),
        # Pressure counts waits of any task, also of short ones on a half idle machine: alone it is no shortage.
        stats.ramp(machine.pressure(rule.window), rule.pressure / 2, rule.pressure) if busy >= rule.relaxed else 0.0,
        stats.ramp(machine.throttled(rule.window), rule.throttle_relaxed, rule.throttle),
        stats.ramp(machine.steal(rule.window), rule.steal_relaxed, rule.steal),
    )


def _condition(machine: Machine, gap: float, own: float) -> Condition:
    shortage = _shortage(machine)
    if shortage >= 1 and (gap >= rule.gap or own >= rule.own):
        return Condition.OVER
    return Condition.BETWEEN if shortage > 0 else Condition.UNDER


def _evidence(machine: Machine, gap: float, own: float) -> tuple[Evidence, ...]:
    window = rule.window
    figures = (
        ("host_cpu", "Host CPU", machine.cpu(window), rule.busy),
        ("pressure_cpu", "Time some task waits for a processor", machine.pressure(window), rule.pressure),
        ("throttled", "Quota throttled", machine.throttled(window), rule.throttle),
        ("cpu_steal", "Taken by the hypervisor", machine.steal(window), rule.steal),
        ("gap", "Busy without computing", max(gap, 0.0), rule.gap),
        ("own_cpu", "Cores that the service uses, of all", own, rule.own),
    )
    return tuple(
        Evidence(signal, label, finite(value), "1", limit, "at least", value >= limit,
                 machine.name)
        for signal, label, value, limit in figures
    )  # fmt: skip


def _confidence(machine: Machine, gap: float, own: float) -> float:
    pressure = machine.pressure(rule.window)
    return confidence(
        required=(_shortage(machine), max(stats.ramp(gap, 0.0, rule.gap), stats.ramp(own, 0.0, rule.own))),
        support=(
            0.5 if math.isnan(pressure) else stats.ramp(pressure, 0.0, rule.pressure),
            stats.ramp(machine.cpu(rule.window), rule.relaxed, rule.busy),
        ),
        coverage=machine.coverage(rule.window),
    )


def _claim(snapshot: Snapshot, machine: Machine, gap: float) -> str:
    window = rule.window
    sentence = f"{snapshot.name}: {machine.name} has {cores(machine.spare(window), machine.cores)} idle"
    if machine.throttled(window) >= rule.throttle:
        sentence = (
            f"{snapshot.name}: a quota on {machine.name} holds it back {percent(machine.throttled(window))} of the time"
        )
    if _shortage(machine) >= 1 and gap >= rule.gap:
        return f"{sentence}, so its event loop waits for a processor {percent(gap)} of the time"
    return f"{sentence}; its processors are {percent(machine.cpu(window))} busy"
