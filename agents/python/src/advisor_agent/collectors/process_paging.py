"""Page faults of a process, from /proc/PID/stat."""

from __future__ import annotations

from advisor_agent.metric import COUNTER, Metric, Samples
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene

FAULTS = Metric("process.paging.faults", "{fault}", COUNTER, "Page faults by type")
METRICS = (FAULTS,)

_TYPE = "system.paging.fault.type"


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """A major fault waited for a disk."""
    yield FAULTS.at(process.stat.minor_faults, (_TYPE, "minor"))
    yield FAULTS.at(process.stat.major_faults, (_TYPE, "major"))
