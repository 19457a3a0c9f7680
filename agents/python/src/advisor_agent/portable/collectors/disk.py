"""Bytes, operations and their time, of the disks."""

from __future__ import annotations

from advisor_agent.collectors.disk import IO, OPERATION_TIME, OPERATIONS
from advisor_agent.metric import Samples
from advisor_agent.portable.asking import ask
from advisor_agent.portable.scene import Scene

METRICS = (IO, OPERATIONS, OPERATION_TIME)

_DIRECTION = "disk.io.direction"


def collect_host(scene: Scene) -> Samples:
    """Of each whole disk. A total that fell is known as such later, so that psutil need not mend it."""
    disks = ask(scene.psutil, scene.psutil.disk_io_counters, perdisk=True, nowrap=False) or {}
    for name, counts in disks.items():
        device = ("system.device", name)
        for way in ("read", "write"):
            direction = (_DIRECTION, way)
            yield IO.at(getattr(counts, f"{way}_bytes"), direction, device)
            yield OPERATIONS.at(getattr(counts, f"{way}_count"), direction, device)
            # psutil 7.2 gives whole seconds on Windows, though it says milliseconds (psutil/arch/windows/disk.c).
            if not scene.psutil.WINDOWS:
                yield OPERATION_TIME.at(getattr(counts, f"{way}_time") / 1000, direction, device)
