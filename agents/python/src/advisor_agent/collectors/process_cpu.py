"""CPU time of a process and of its main thread, the one that runs JavaScript."""

from __future__ import annotations

from advisor_agent.metric import COUNTER, Metric, Samples
from advisor_agent.processes import NodeProcess, Stat
from advisor_agent.scene import Scene

TIME = Metric("process.cpu.time", "s", COUNTER, "CPU time by mode")
MAIN = Metric("advisor.process.main_thread.cpu.time", "s", COUNTER, "CPU time of the main thread")
METRICS = (TIME, MAIN)


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """Children's time is not included. The main thread's id is the pid."""
    yield TIME.at(process.stat.user, ("cpu.mode", "user"))
    yield TIME.at(process.stat.system, ("cpu.mode", "system"))
    pid = str(process.pid)
    main = Stat(scene.kernel.read("proc", pid, "task", pid, "stat"))
    yield MAIN.at(main.user + main.system)
