"""How much bigger a machine, a container or a volume has to be, and what that changes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from advisor.diagnosis.advice import Expectation, Step
from advisor.diagnosis.prediction import LONG
from advisor.features import Snapshot
from advisor.features.filesystem import Filling
from advisor.features.machine import Machine
from advisor.features.memory import FULL, Bound, memory_of
from advisor.features.process import Process

PEAK: Final = 1.15
"""What a peak has above what is seen now: the Vertical Pod Autoscaler and KRR add as much."""

RELAXED: Final = 0.75
"""Share of memory in use at which memory pressure is over (C4)."""

ROOMY: Final = 0.60
"""Share of a volume in use at which filling disks no longer warn: 40% are free (C12)."""

GIB: Final = 2**30


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """Memory of a machine or of a container, and how much of it all that is in there uses; bytes.

    `machine` is its name, empty for a container.
    """

    machine: str
    used: float
    limit: float

    @property
    def share(self) -> float:
        """Of the limit, 0 to 1."""
        return self.used / self.limit


@dataclass(frozen=True, slots=True)
class Growth:
    """More of what a machine is short of, in the words of an option."""

    title: str
    why: str
    cost: str
    expected: tuple[Expectation, ...]
    steps: tuple[Step, ...]
    check_first: str


def tightest_memory(snapshot: Snapshot) -> MemoryUse | None:
    """What is fullest of what binds its processes, as memory pressure judges it: a container, or a machine.

    None where nobody tells.
    """
    found = (_bound(process, snapshot.machine_of(process)) for process in snapshot.processes)
    return max((m for m in found if m.limit > 0 and m.used >= 0), key=lambda m: m.share, default=None)


def _bound(process: Process, machine: Machine | None) -> MemoryUse:
    memory = memory_of(process, machine, LONG)
    shared = machine if memory.bound is Bound.HOST else None
    held = FULL * memory.limit if memory.full else 0.0  # what bursts take at least, whatever is in use between them
    return MemoryUse(shared.name if shared else "", max(memory.used, held), memory.limit)


def memory_for(used: float) -> float:
    """Bytes of memory in which a peak above this use leaves no pressure, rounded up to what can be had."""
    return whole_memory(used * PEAK / RELAXED)


def whole_memory(wanted: float) -> float:
    """At least so many bytes of memory: whole GiB, steps of 64 MiB below 2 GiB."""
    step = GIB if wanted > 2 * GIB else GIB / 16
    return step * math.ceil(wanted / step)


def volume_for(used: float) -> float:
    """Bytes of a volume of which this much use leaves 40% free: whole GB in steps of ten."""
    return 10e9 * math.ceil(used / ROOMY / 10e9)


def memory_expectation(used: float, before: float, after: float) -> Expectation:
    """Memory in use, as a share, after it has grown."""
    return Expectation("memory", "Memory in use", "1", used / before, used / after, used * PEAK / after)


def volume_expectation(volume: Filling, after: float) -> Expectation:
    """How full a volume is right after it has grown."""
    share = volume.used / after
    return Expectation("disk", f"Used of {volume.mount}", "1", volume.share, share * 0.98, share * 1.02)


def misses_expectation(misses: float, size: float, before: float, after: float) -> Expectation:
    """Blocks that a datastore asks of the system each second, with more memory.

    With accesses spread evenly over all data, the share found in memory is the share that fits: the upper end. Real
    accesses prefer some data, and then more memory saves more.
    """
    most = misses * max(0.0, size - after) / (size - before)
    return Expectation("misses", "Blocks read from disk", "{block}/s", misses, 0.0, most)
