"""A machine, a container or a volume that is large enough, in the words of an option."""

from __future__ import annotations

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
from advisor.diagnosis.words import percent, size
from advisor.features.filesystem import Filling


def of_memory(tight: MemoryUse) -> Growth:
    """Memory in which a peak leaves no pressure."""
    wanted = memory_for(tight.used)
    return Growth(
        f"{f'Move {tight.machine} to' if tight.machine else 'Give each container'} {size(wanted)} of memory",
        f"{percent(tight.share)} of {size(tight.limit)} are in use, and a peak takes {percent(PEAK - 1)} "
        "more. What the service needs at rest, copies and balancing do not make less.",
        f"{size(wanted - tight.limit)} more memory",
        memory_expectation(tight.used, tight.limit, wanted),
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
        volume_expectation(disk, wanted),
        resize.volume(disk.mount),
        "Check what grows: logs and uploads fill any size, and are cheaper to rotate or to move.",
    )
