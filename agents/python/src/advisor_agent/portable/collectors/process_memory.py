"""Resident memory of a process, and its page faults where macOS tells them apart."""

from __future__ import annotations

from advisor_agent.collectors.process_memory import MEMORY
from advisor_agent.collectors.process_paging import FAULTS
from advisor_agent.metric import Samples
from advisor_agent.portable.asking import ask
from advisor_agent.portable.processes import PsutilProcess
from advisor_agent.portable.scene import Scene

METRICS = (MEMORY, FAULTS)

_TYPE = "system.paging.fault.type"


def collect_process(scene: Scene, process: PsutilProcess) -> Samples:
    """On Windows it is the working set. A fault that read a page from a disk is a major one."""
    memory = ask(scene.psutil, process.handle.memory_info)
    yield MEMORY.at(memory.rss)
    if hasattr(memory, "pageins"):
        yield FAULTS.at(max(memory.pfaults - memory.pageins, 0), (_TYPE, "minor"))
        yield FAULTS.at(memory.pageins, (_TYPE, "major"))
