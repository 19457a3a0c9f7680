"""Bytes and errors of the real network interfaces, from /proc/net/dev."""

from __future__ import annotations

from functools import lru_cache

from advisor_agent.kernel import Kernel
from advisor_agent.metric import COUNTER, Metric, Samples
from advisor_agent.scene import Scene

IO = Metric("system.network.io", "By", COUNTER, "Bytes received and sent")
ERRORS = Metric("system.network.errors", "{error}", COUNTER, "Packets with errors")
METRICS = (IO, ERRORS)

_DIRECTION = "network.io.direction"


def collect_host(scene: Scene) -> Samples:
    """Bridges, tunnels and container links carry the same bytes again, so only hardware is counted."""
    rows = dict(_parsed(scene.kernel.read_again("proc/self/net/dev")))
    for name in _carrying(scene.kernel, tuple(rows)):
        received, receive_errors, sent, send_errors = rows[name]
        interface = ("network.interface.name", name)
        yield IO.at(received, (_DIRECTION, "receive"), interface)
        yield IO.at(sent, (_DIRECTION, "transmit"), interface)
        yield ERRORS.at(receive_errors, (_DIRECTION, "receive"), interface)
        yield ERRORS.at(send_errors, (_DIRECTION, "transmit"), interface)


def _parsed(text: str) -> list[tuple[str, tuple[int, int, int, int]]]:
    rows = []
    for line in text.splitlines()[2:]:
        name, _, figures = line.partition(":")
        fields = [int(field) for field in figures.split()]
        rows.append((name.strip(), (fields[0], fields[2], fields[8], fields[10])))
    return rows


@lru_cache(maxsize=4)
def _carrying(kernel: Kernel, interfaces: tuple[str, ...]) -> list[str]:
    """Those with hardware behind them, or all but the loopback in a container that shows none.

    Remembered for as long as no interface comes or goes.
    """
    names = [name for name in interfaces if name != "lo"]
    return [name for name in names if _is_hardware(kernel, name)] or names


def _is_hardware(kernel: Kernel, name: str) -> bool:
    try:
        return "/devices/virtual/" not in kernel.link("sys/class/net", name)
    except OSError:
        return False
