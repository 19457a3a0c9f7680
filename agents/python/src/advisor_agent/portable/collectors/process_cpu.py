"""CPU time of a process."""

from __future__ import annotations

from advisor_agent.collectors.process_cpu import TIME
from advisor_agent.metric import Samples
from advisor_agent.portable.asking import ask
from advisor_agent.portable.processes import PsutilProcess
from advisor_agent.portable.scene import Scene

METRICS = (TIME,)


def collect_process(scene: Scene, process: PsutilProcess) -> Samples:
    """Children's time is not included. Which thread is the main one is not told, so neither is its time."""
    times = ask(scene.psutil, process.handle.cpu_times)
    yield TIME.at(times.user, ("cpu.mode", "user"))
    yield TIME.at(times.system, ("cpu.mode", "system"))
