"""Bytes and errors of the network interfaces."""

from __future__ import annotations

from advisor_agent.collectors.network import ERRORS, IO
from advisor_agent.metric import Samples
from advisor_agent.portable.asking import ask
from advisor_agent.portable.scene import Scene

METRICS = (IO, ERRORS)

_DIRECTION = "network.io.direction"
_LOOPBACK = ("lo", "Loopback")
_MADE_UP = (
    *("anpi", "ap", "awdl", "bridge", "gif", "llw", "stf", "utun", "vmenet", "vmnet"),  # macOS
    *("vEthernet", "VirtualBox", "VMware", "Local Area Connection*", "isatap", "Teredo"),  # Windows
    *("docker", "veth", "br-", "virbr"),
)
"""Bridges, tunnels and links to containers carry the same bytes again. No call tells them from hardware."""


def collect_host(scene: Scene) -> Samples:
    """Of what is hardware by its name; where nothing is, of all but the loopback."""
    counts = ask(scene.psutil, scene.psutil.net_io_counters, pernic=True, nowrap=False) or {}
    names = [name for name in counts if not name.startswith(_LOOPBACK)]
    real = [name for name in names if not name.startswith(_MADE_UP)]
    for name in real or names:
        row = counts[name]
        interface = ("network.interface.name", name)
        yield IO.at(row.bytes_recv, (_DIRECTION, "receive"), interface)
        yield IO.at(row.bytes_sent, (_DIRECTION, "transmit"), interface)
        yield ERRORS.at(row.errin, (_DIRECTION, "receive"), interface)
        yield ERRORS.at(row.errout, (_DIRECTION, "transmit"), interface)
