"""Time since a process started."""

from __future__ import annotations

from advisor_agent.kernel import TICKS_PER_SECOND
from advisor_agent.metric import GAUGE, Metric, Samples
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene

UPTIME = Metric("process.uptime", "s", GAUGE, "Time since the process started")
METRICS = (UPTIME,)


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """By the kernel's own clock, which no setting of the time moves."""
    yield UPTIME.at(max(round(scene.boot_age - process.stat.start / TICKS_PER_SECOND, 3), 0.0))
