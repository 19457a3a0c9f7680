"""Ports that a process answers on, its established inbound connections, and those that wait to be accepted."""

from __future__ import annotations

import errno

from advisor_agent.metric import GAUGE, Metric, Samples
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene

CONNECTIONS = Metric("advisor.process.connection.count", "{connection}", GAUGE, "Established inbound connections")
LISTENING = Metric("advisor.process.listening_port.count", "{port}", GAUGE, "Ports it listens on")
WAITING = Metric("advisor.process.accept_queue.length", "{connection}", GAUGE, "Connections that wait to be accepted")
BACKLOG = Metric("advisor.process.accept_queue.limit", "{connection}", GAUGE, "Most that may wait")
METRICS = (CONNECTIONS, LISTENING, WAITING, BACKLOG)


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """A worker counts its primary's ports, and shares its queue. PermissionError for a process of another user."""
    if scene.ports_error:
        raise RuntimeError(f"the table of sockets cannot be read: {scene.ports_error}")
    if process.pid in scene.hidden:
        raise PermissionError(errno.EACCES, "Permission denied", f"/proc/{process.pid}/fd")
    use = scene.ports.get(process.pid)
    if use:
        yield CONNECTIONS.at(use.connections)
        yield LISTENING.at(use.listening)
    if use and use.listening:
        yield WAITING.at(use.waiting)
    if use and use.backlog:
        yield BACKLOG.at(use.backlog)
