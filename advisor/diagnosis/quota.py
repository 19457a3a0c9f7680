"""A quota that holds a service back, and what it should allow: more of a container is a bigger machine to it."""

from __future__ import annotations

import math
from typing import Final

from advisor.diagnosis.advice import Expectation
from advisor.diagnosis.finding import Ruling
from advisor.diagnosis.peak import growth
from advisor.diagnosis.prediction import LONG, NOW, TARGET, calmer_loop
from advisor.diagnosis.recipes import linux
from advisor.diagnosis.sizes import Growth
from advisor.diagnosis.words import number, percent
from advisor.features import Snapshot, control_groups, shortage, stats
from advisor.features.control_groups import ControlGroup
from advisor.features.machine import Machine
from advisor.features.process import MINUTE, Process

CALM: Final = 0.05
"""What is asked of a quota that was raised (decision model C3)."""

ANSWER: Final = "vertical"
"""The strategy that the rule names first where a quota is what is short."""


def claim(held: Process, machine: Machine, seconds: float) -> str:
    """How a quota holds this process back: its own, or that of the machine if that does more."""
    own, of_machine = shortage.throttled(held, seconds), machine.throttled(seconds)
    if own < of_machine:
        return f"a quota on {machine.name} holds it back {percent(of_machine)} of the time"
    quota = shortage.allowed(held, seconds)
    size = "" if math.isnan(quota) else f" of {number(quota)} {'core' if quota == 1 else 'cores'}"
    return f"its own quota{size} on {machine.name} holds it back in {percent(own)} of the periods"


def throttled(snapshot: Snapshot, machine: Machine) -> float:
    """Share of quota periods in which its processes, or the agent's own group, were held back."""
    return max(machine.throttled(MINUTE), control_groups.most_held(snapshot, machine, MINUTE).throttled(MINUTE))


def binding(snapshot: Snapshot, ruling: Ruling) -> Machine | None:
    """The machine where a quota is what a ruling speaks of; None where it speaks of another shortage."""
    if ruling.reading.first != ANSWER:
        return None
    name = next((one.subject for one in ruling.reading.evidence if one.signal == "host_cpu"), "")
    return next((one for one in snapshot.machines if one.name == name and snapshot.on(one) and one.cores > 0), None)


def raised(snapshot: Snapshot, machine: Machine) -> Growth | str:
    """A quota in which what it holds has room for a peak; in words why not where it allows the whole machine."""
    group = control_groups.most_held(snapshot, machine, MINUTE)
    if group.throttled(MINUTE) < machine.throttled(MINUTE):  # what the machine itself may use holds all of them back
        group = ControlGroup(machine, snapshot.on(machine), math.nan)
    alike = sum(one.quota == group.quota for one in control_groups.on(snapshot, machine))
    each = f" of each of {alike} control groups" if alike > 1 else ""
    quota, wanted = group.cores, _wanted(snapshot, group)
    if wanted <= quota:
        return f"The quota is {number(quota)} cores already, all that {machine.name} has."
    held = throttled(snapshot, machine)
    return Growth(
        f"Raise the processor limit{each} on {machine.name} from {number(quota)} to {wanted} cores",
        f"The limit holds it back in {percent(held)} of its periods, while the machine may have cores to give.",
        f"{number((wanted - quota) * max(1, alike))} more cores to use",
        (Expectation("throttled", "Quota throttled", "1", held, 0.0, CALM), *calmer_loop(group.processes)),
        linux.unbound(quota, wanted),
        "Check who set the limit and for whom: others on the machine may need what it keeps free.",
    )


def _wanted(snapshot: Snapshot, group: ControlGroup) -> int:
    """Cores, one more at least, in which its loops are as busy as they should be; no more than the machine has."""
    machine = group.machine
    processors = stats.latest(machine.track, "cpu_count", machine.span(LONG))
    work = stats.known_sum([p.loop(NOW) for p in group.processes])
    wanted = max(math.floor(group.cores) + 1, 0 if math.isnan(work) else math.ceil(work * growth(snapshot) / TARGET))
    return wanted if math.isnan(processors) else min(wanted, math.floor(processors))
