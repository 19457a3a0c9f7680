"""The control groups that hold a service's processes, and the cores that each leaves them (`cores_eff`, model 1.1)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from advisor.features import shortage, stats
from advisor.features.machine import BUSY_LOOP, Machine
from advisor.features.memo import remembered
from advisor.features.process import MINUTE, Process
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span

LONG: Final = 300.0
"""Seconds in which the newest quota is looked for."""

_TOLD: Final = (
    "cgroup_cpu_limit", "cgroup_periods", "cgroup_throttled", "cgroup_throttled_time", "cgroup_memory_limit",
    "cgroup_memory_usage",
)  # fmt: skip
"""What an agent reads of a group once a look, for all processes in it."""


@dataclass(frozen=True)
class ControlGroup:
    """Processes of the service on one machine that draw on one quota of processors, or on none.

    Attributes:
        machine: where they run.
        processes: at least one.
        quota: cores that it allows all of them together; NaN without one.
    """

    machine: Machine
    processes: tuple[Process, ...]
    quota: float

    @property
    def is_bound(self) -> bool:
        """True if the quota leaves less than the machine has."""
        return self.quota < self.machine.cores

    @property
    def cores(self) -> float:
        """Cores that its processes may use: those of the machine, or what the quota leaves of them."""
        return self.quota if self.is_bound else self.machine.cores

    def used(self, seconds: float) -> float:
        """Cores that its processes keep at work; who does not tell counts as the mean of the others."""
        return stats.mean([p.cpu(seconds) for p in self.processes]) * len(self.processes)

    @remembered
    def spare(self, seconds: float) -> float:
        """Idle cores of the machine that the quota lets its processes have."""
        left = self.quota - self.used(seconds)
        return min(self.machine.spare(seconds), left)  # min() keeps its first argument beside NaN

    def throttled(self, seconds: float) -> float:
        """Share of quota periods in which it was held back; 0 without a quota."""
        return max(shortage.throttled(process, seconds) for process in self.processes)

    def is_filled_by_loops(self, seconds: float, share: float) -> bool:
        """True where each loop may have a core, and loops alone use that share of the quota: they are the limit."""
        loops = [process.sums(seconds).rate("cpu_main") for process in self.processes]
        return self.quota >= len(loops) and sum(loops) >= share * self.quota

    def busy_loops(self, seconds: float) -> int:
        """Its event loops that are busy at least half of the time."""
        return sum(process.loop(seconds) >= BUSY_LOOP for process in self.processes)


def hosts(snapshot: Snapshot) -> int:
    """Machines that its processes run on, one at least; also those whose agent is silent while processes report."""
    return max(1, len({process.instance.host_id for process in snapshot.processes}))


@remembered
def every(snapshot: Snapshot) -> tuple[ControlGroup, ...]:
    """Those of all processes whose machine reports."""
    return tuple(group for machine in snapshot.machines for group in _groups(machine, snapshot.on(machine)))


def on(snapshot: Snapshot, machine: Machine) -> tuple[ControlGroup, ...]:
    """Those on one machine."""
    return tuple(group for group in every(snapshot) if group.machine.id == machine.id)


def most_held(snapshot: Snapshot, machine: Machine, seconds: float) -> ControlGroup:
    """The one on a machine, on which the service runs, that its quota holds back most."""
    return max(on(snapshot, machine), key=lambda group: group.throttled(seconds))


def of(snapshot: Snapshot, process: Process) -> ControlGroup | None:
    """The one that holds a process; None where its machine does not report."""
    groups = every(snapshot)
    return next((g for g in groups if any(p.instance.id == process.instance.id for p in g.processes)), None)


def tightest(snapshot: Snapshot, seconds: float) -> ControlGroup | None:
    """The one with the fewest idle cores to be had, of those on machines that report their processors."""
    known = [group for group in every(snapshot) if not math.isnan(group.spare(seconds))]
    return min(known, key=lambda group: group.spare(seconds), default=None)


def without_loop(snapshot: Snapshot, group: ControlGroup, seconds: float) -> int:
    """Whole cores that its processes may use and that no busy loop fills: of any service, or within the quota its own.

    Below 0 where more loops are busy than there are cores.
    """
    free = math.floor(group.machine.cores) - snapshot.busy_loops(group.machine, seconds)
    return min(free, math.floor(group.quota) - group.busy_loops(seconds)) if group.is_bound else free


def mates(snapshot: Snapshot, process: Process) -> tuple[Process, ...]:
    """The service's processes in the control group of one, itself among them; alone where its memory is not told."""
    near = [one for one in snapshot.processes if one.instance.host_id == process.instance.host_id]
    span = _newest(near, snapshot.time_scale)
    if not stats.known(process.track, "cgroup_memory_usage", span)[0].size:
        return (process,)
    own = _figures(process, span)
    return tuple(one for one in near if _figures(one, span) == own)


def _groups(machine: Machine, processes: tuple[Process, ...]) -> Iterator[ControlGroup]:
    """An agent tells no group's name, but the same figures in every look for all processes of one."""
    span = _newest(processes, machine.time_scale)
    found: dict[tuple[tuple[float, ...], ...], list[Process]] = {}
    for process in processes:
        found.setdefault(_told(process, span), []).append(process)
    return (ControlGroup(machine, tuple(members), _quota(members)) for members in found.values())


def _newest(processes: Iterable[Process], time_scale: float) -> Span:
    """The newest minute that all of them tell of."""
    newest = min((process.now for process in processes), default=0.0)
    return Span(newest - MINUTE / time_scale, newest)


def _told(process: Process, span: Span) -> tuple[tuple[float, ...], ...]:
    if math.isnan(shortage.allowed(process, LONG)):
        return ()  # without a quota they share all that the machine has
    return _figures(process, span)


def _figures(process: Process, span: Span) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(stats.known(process.track, column, span)[0].tolist()) for column in _TOLD)


def _quota(processes: Iterable[Process]) -> float:
    return stats.highest([shortage.allowed(process, LONG) for process in processes])
