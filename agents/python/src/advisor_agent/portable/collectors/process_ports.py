"""Ports that a process answers on, and its established inbound connections."""

from __future__ import annotations

import errno

from advisor_agent.collectors.process_ports import CONNECTIONS, LISTENING
from advisor_agent.metric import Samples
from advisor_agent.portable.processes import PsutilProcess
from advisor_agent.portable.scene import Scene

METRICS = (CONNECTIONS, LISTENING)


def collect_process(scene: Scene, process: PsutilProcess) -> Samples:
    """A worker counts its primary's ports. PermissionError for a process of another user on macOS."""
    if scene.ports_error:
        raise RuntimeError(f"connections cannot be listed: {scene.ports_error}")
    if process.pid in scene.hidden:
        raise PermissionError(errno.EACCES, "Permission denied", "psutil's net_connections")
    use = scene.ports.get(process.pid)
    if use:
        yield CONNECTIONS.at(use.connections)
        yield LISTENING.at(use.listening)
