"""Threads of a process."""

from __future__ import annotations

from advisor_agent.collectors.process_memory import THREADS
from advisor_agent.metric import Samples
from advisor_agent.portable.asking import ask
from advisor_agent.portable.processes import PsutilProcess
from advisor_agent.portable.scene import Scene

METRICS = (THREADS,)


def collect_process(scene: Scene, process: PsutilProcess) -> Samples:
    """All of them, those of libuv and V8 too."""
    yield THREADS.at(ask(scene.psutil, process.handle.num_threads))
