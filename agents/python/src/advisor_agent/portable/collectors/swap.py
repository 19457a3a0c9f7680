"""Swap of the machine; on Windows its page files."""

from __future__ import annotations

from advisor_agent.collectors.memory import SWAP
from advisor_agent.metric import Samples
from advisor_agent.portable.asking import ask
from advisor_agent.portable.scene import Scene

METRICS = (SWAP,)

_STATE = "system.paging.state"


def collect_host(scene: Scene) -> Samples:
    """What moved in and out stays out: macOS counts every page of a file in it, and Windows nothing."""
    swap = ask(scene.psutil, scene.psutil.swap_memory)
    yield SWAP.at(swap.used, (_STATE, "used"))
    yield SWAP.at(swap.free, (_STATE, "free"))
