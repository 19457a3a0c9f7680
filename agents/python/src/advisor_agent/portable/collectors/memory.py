"""Memory of the machine."""

from __future__ import annotations

from advisor_agent.collectors.memory import AVAILABLE, LIMIT, USAGE
from advisor_agent.metric import Samples
from advisor_agent.portable.asking import ask
from advisor_agent.portable.scene import Scene

METRICS = (LIMIT, AVAILABLE, USAGE)

_STATE = "system.memory.state"


def collect_host(scene: Scene) -> Samples:
    """What can be had beyond what is free is cache; Windows counts it as free."""
    memory = ask(scene.psutil, scene.psutil.virtual_memory)
    yield LIMIT.at(memory.total)
    yield AVAILABLE.at(memory.available)
    yield USAGE.at(max(memory.total - memory.available, 0), (_STATE, "used"))
    yield USAGE.at(memory.free, (_STATE, "free"))
    if memory.available > memory.free:
        yield USAGE.at(memory.available - memory.free, (_STATE, "cached"))
