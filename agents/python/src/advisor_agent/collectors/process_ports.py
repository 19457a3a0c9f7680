"""Ports that a process answers on, and its established inbound connections."""

from __future__ import annotations

import errno

from advisor_agent.metric import GAUGE, Metric, Samples
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene

CONNECTIONS = Metric("advisor.process.connection.count", "{connection}", GAUGE, "Established inbound connections")
LISTENING = Metric("advisor.process.listening_port.count", "{port}", GAUGE, "Ports it listens on")
METRICS = (CONNECTIONS, LISTENING)


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """A worker counts its primary's ports. PermissionError for a process of another user."""
    if scene.ports_error:
        raise RuntimeError(f"the table of sockets cannot be read: {scene.ports_error}")
    if process.pid in scene.hidden:
        raise PermissionError(errno.EACCES, "Permission denied", f"/proc/{process.pid}/fd")
    use = scene.ports.get(process.pid)
    if use:
        yield CONNECTIONS.at(use.connections)
        yield LISTENING.at(use.listening)
