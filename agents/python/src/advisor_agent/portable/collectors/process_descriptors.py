"""Open descriptors of a process. Windows has handles instead, which are more than files and sockets: not sent."""

from __future__ import annotations

from advisor_agent.collectors.process_descriptors import OPEN
from advisor_agent.metric import Samples
from advisor_agent.portable.asking import ask
from advisor_agent.portable.processes import PsutilProcess
from advisor_agent.portable.scene import Scene

METRICS = (OPEN,)


def collect_process(scene: Scene, process: PsutilProcess) -> Samples:
    """The limit is told of no process but our own."""
    if not scene.psutil.WINDOWS:
        yield OPEN.at(ask(scene.psutil, process.handle.num_fds))
