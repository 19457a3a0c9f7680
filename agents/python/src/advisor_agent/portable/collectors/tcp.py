"""TCP connections of the machine by state."""

from __future__ import annotations

import errno

from advisor_agent.collectors.tcp import COUNT
from advisor_agent.metric import Samples
from advisor_agent.portable.scene import Scene

METRICS = (COUNT,)

_NAMES = {
    "CONN_ESTABLISHED": "established",
    "CONN_SYN_RECV": "syn_received",
    "CONN_CLOSE_WAIT": "close_wait",
    "CONN_LISTEN": "listen",
    "CONN_TIME_WAIT": "time_wait",
}
"""psutil's constants -> `network.connection.state`."""


def collect_host(scene: Scene) -> Samples:
    """PermissionError on macOS without root."""
    if scene.ports_error:
        raise RuntimeError(f"connections cannot be listed: {scene.ports_error}")
    if scene.states is None:
        raise PermissionError(errno.EACCES, "Permission denied", "psutil's net_connections")
    for constant, name in _NAMES.items():
        count = scene.states.get(getattr(scene.psutil, constant), 0)
        yield COUNT.at(count, ("network.connection.state", name), ("network.transport", "tcp"))
