"""A machine, a container or a volume that is large enough, in the words of an option."""

from __future__ import annotations

import math

from advisor.diagnosis.advice import Step
from advisor.diagnosis.prediction import GROWTH, SIZING, TARGET, Clones, of_clones
from advisor.diagnosis.recipes import resize
from advisor.diagnosis.sizes import (
    PEAK,
    Growth,
    MemoryUse,
    memory_expectation,
    memory_for,
    volume_expectation,
    volume_for,
)
from advisor.diagnosis.words import counted, percent, size
from advisor.features import Snapshot
from advisor.features.filesystem import Filling
from advisor.features.machine import Machine
from advisor.features.queueing import Policy


def of_cores(snapshot: Snapshot, machine: Machine) -> Growth:
    """So many cores that its processes, and as many more as it gets, keep them busy to the target."""
    here, wanted = max(1, math.floor(machine.cores)), cores_for(machine)
    every, count = len(snapshot.processes), len(snapshot.on(machine))
    after = max(count, round(count * wanted / here))
    where = f" on {machine.name}" if len(snapshot.machines) > 1 else ""
    busy = machine.cpu(SIZING)
    return Growth(
        f"Move {machine.name} to {wanted} cores",
        f"Its {counted(here, 'core')} are {percent(busy)} busy and {counted(count, 'process')} can use them all. "
        f"{wanted} cores bring that to {percent(busy * machine.cores / wanted)}.",
        f"{wanted - here} more cores",
        of_clones(snapshot, Clones(every, every + after - count, Policy.ROUND_ROBIN)),
        (
            Step(f"Order or resize to {wanted} cores with the same memory per core or more."),
            Step(f"Run {counted(after, 'worker')}{where} instead of {count}, so that the new cores are used."),
        ),
        "Check the largest size that the provider offers: the next step after this one may not exist.",
    )


def cores_for(machine: Machine) -> int:
    """Cores with which it is busy to the target (P1), at least one more than now."""
    more = math.floor(machine.cores) + 1
    return max(more, math.ceil(machine.cores * machine.cpu(SIZING) * GROWTH / TARGET))


def of_memory(tight: MemoryUse) -> Growth:
    """Memory in which a peak leaves no pressure."""
    wanted = memory_for(tight.used)
    return Growth(
        f"{f'Move {tight.machine} to' if tight.machine else 'Give each container'} {size(wanted)} of memory",
        f"{percent(tight.share)} of {size(tight.limit)} are in use, and a peak takes {percent(PEAK - 1)} "
        "more. What the service needs at rest, copies and balancing do not make less.",
        f"{size(wanted - tight.limit)} more memory",
        (memory_expectation(tight.used, tight.limit, wanted),),
        resize.MACHINE if tight.machine else resize.container(wanted),
        "Check on the chart of a week that memory does not rise daily: a leak would fill this size too.",
    )


def of_volume(disk: Filling) -> Growth | None:
    """A volume of which two fifths are free; None where it is that large."""
    wanted = volume_for(disk.used)
    if wanted <= disk.size:
        return None
    return Growth(
        f"Grow {disk.where} to {size(wanted)}",
        f"{percent(disk.share)} of {size(disk.size)} are used. Data that must stay needs the room.",
        f"{size(wanted - disk.size)} more disk",
        (volume_expectation(disk, wanted),),
        resize.volume(disk.mount),
        "Check what grows: logs and uploads fill any size, and are cheaper to rotate or to move.",
    )
