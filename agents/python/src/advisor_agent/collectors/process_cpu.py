"""CPU time of a process. That of its main thread is in `process_scheduling`."""

from __future__ import annotations

from advisor_agent.metric import COUNTER, Metric, Samples
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene

TIME = Metric("process.cpu.time", "s", COUNTER, "CPU time by mode")
METRICS = (TIME,)


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """Children's time is not included."""
    yield TIME.at(process.stat.user, ("cpu.mode", "user"))
    yield TIME.at(process.stat.system, ("cpu.mode", "system"))
