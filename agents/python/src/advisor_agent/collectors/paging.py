"""Page faults, and pages that moved to and from swap, from /proc/vmstat (proc(5))."""

from __future__ import annotations

from advisor_agent.metric import COUNTER, Metric, Samples
from advisor_agent.scene import Scene

FAULTS = Metric("system.paging.faults", "{fault}", COUNTER, "Page faults by type")
OPERATIONS = Metric("system.paging.operations", "{operation}", COUNTER, "Pages swapped by direction")
METRICS = (FAULTS, OPERATIONS)

_TYPE, _DIRECTION = "system.paging.fault.type", "system.paging.direction"


def collect_host(scene: Scene) -> Samples:
    """A major fault waited for a disk; the kernel counts it among all faults as well."""
    counts = dict(line.split() for line in scene.kernel.read_again("proc/vmstat").splitlines())
    every, major = int(counts["pgfault"]), int(counts["pgmajfault"])
    yield FAULTS.at(every - major, (_TYPE, "minor"))
    yield FAULTS.at(major, (_TYPE, "major"))
    if "pswpin" in counts:  # else the kernel was built without swap
        yield OPERATIONS.at(int(counts["pswpin"]), (_DIRECTION, "in"))
        yield OPERATIONS.at(int(counts["pswpout"]), (_DIRECTION, "out"))
