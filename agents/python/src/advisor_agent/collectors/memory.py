"""Memory and swap of the machine, from /proc/meminfo (proc(5))."""

from __future__ import annotations

from advisor_agent.metric import UPDOWNCOUNTER, Metric, Samples
from advisor_agent.scene import Scene

LIMIT = Metric("system.memory.limit", "By", UPDOWNCOUNTER, "Memory of the machine")
AVAILABLE = Metric("system.memory.linux.available", "By", UPDOWNCOUNTER, "Memory that can be had")
USAGE = Metric("system.memory.usage", "By", UPDOWNCOUNTER, "Memory by state")
SWAP = Metric("system.paging.usage", "By", UPDOWNCOUNTER, "Swap by state")
METRICS = (LIMIT, AVAILABLE, USAGE, SWAP)


def collect_host(scene: Scene) -> Samples:
    """Used is what is neither free, buffers nor cache; reclaimable slab counts as cache, as in `free`."""
    memory = _parsed(scene.kernel.read_again("proc/meminfo"))
    total, free, buffers = memory["MemTotal"], memory["MemFree"], memory["Buffers"]
    cached = memory["Cached"] + memory.get("SReclaimable", 0)
    yield LIMIT.at(total)
    yield AVAILABLE.at(memory["MemAvailable"])
    states = {"used": total - free - buffers - cached, "free": free, "buffers": buffers, "cached": cached}
    for state, size in states.items():
        yield USAGE.at(max(size, 0), ("system.memory.state", state))
    yield SWAP.at(memory["SwapTotal"] - memory["SwapFree"], ("system.paging.state", "used"))
    yield SWAP.at(memory["SwapFree"], ("system.paging.state", "free"))


def _parsed(text: str) -> dict[str, int]:
    rows = (line.split() for line in text.splitlines())
    return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) > 1}
