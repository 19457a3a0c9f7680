"""Ports that a process answers on, and its established inbound connections."""

from __future__ import annotations

from advisor_agent.metric import GAUGE, Metric, Samples
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene

CONNECTIONS = Metric("advisor.process.connection.count", "{connection}", GAUGE, "Established inbound connections")
LISTENING = Metric("advisor.process.listening_port.count", "{port}", GAUGE, "Ports it listens on")
METRICS = (CONNECTIONS, LISTENING)


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """Nothing for a process whose sockets cannot be seen; a worker counts its primary's ports."""
    use = scene.ports.get(process.pid)
    if use:
        yield CONNECTIONS.at(use.connections)
        yield LISTENING.at(use.listening)
