"""Datastores on this machine, and programs that the settings name: all processes of one program together."""

from __future__ import annotations

from advisor_agent.metric import COUNTER, UPDOWNCOUNTER, Metric, Samples
from advisor_agent.scene import Scene

_NAME = "advisor.program"
COUNT = Metric(f"{_NAME}.process.count", "{process}", UPDOWNCOUNTER, "Processes of the program")
CPU = Metric(f"{_NAME}.cpu.time", "s", COUNTER, "CPU time of all its processes, ended ones included")
MEMORY = Metric(f"{_NAME}.memory.usage", "By", UPDOWNCOUNTER, "Resident memory, what its processes share once")
THREADS = Metric(f"{_NAME}.thread.count", "{thread}", UPDOWNCOUNTER, "Threads")
DESCRIPTORS = Metric(f"{_NAME}.file_descriptor.count", "{file_descriptor}", UPDOWNCOUNTER, "Open descriptors")
METRICS = (COUNT, CPU, MEMORY, THREADS, DESCRIPTORS)


def collect_host(scene: Scene) -> Samples:
    """Descriptors only where those of every process may be counted."""
    for program in scene.programs.read(scene.named):
        name = ("process.executable.name", program.name)
        yield COUNT.at(program.processes, name)
        yield CPU.at(round(program.cpu, 6), name)
        yield MEMORY.at(program.memory, name)
        yield THREADS.at(program.threads, name)
        if program.descriptors is not None:
            yield DESCRIPTORS.at(program.descriptors, name)
