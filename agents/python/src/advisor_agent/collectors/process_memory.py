"""Resident memory and threads of a process, from /proc/PID/stat."""

from __future__ import annotations

from advisor_agent.metric import UPDOWNCOUNTER, Metric, Samples
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene

MEMORY = Metric("process.memory.usage", "By", UPDOWNCOUNTER, "Resident memory")
THREADS = Metric("process.thread.count", "{thread}", UPDOWNCOUNTER, "Threads")
METRICS = (MEMORY, THREADS)


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """Pages shared with other processes count in each of them."""
    yield MEMORY.at(process.stat.rss)
    yield THREADS.at(process.stat.threads)
