"""The limits of a heap, by the options of its process and the memory it sees: what no SDK and no page of metrics tells.

Beside the probe, which asks V8 itself for the whole, the server leaves the agent's figure of that out. What young
objects may take of it V8 tells nobody.
"""

from __future__ import annotations

from functools import lru_cache

from advisor_agent.cgroups import MEMORY, folders, has_soft_limit, memory_limit
from advisor_agent.heap_limit import Memory, heap_limit, young_limit
from advisor_agent.kernel import Kernel
from advisor_agent.metric import GAUGE, Metric, Samples
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene

LIMIT = Metric("advisor.v8js.memory.heap.limit", "By", GAUGE, "Most the heap may grow to")
YOUNG = Metric("advisor.v8js.memory.heap.young.limit", "By", GAUGE, "Most of it that young objects may take")
METRICS = (LIMIT, YOUNG)

_SECONDS_LAST = 60
_WIDE = ("x86_64", "aarch64")
"""Machines of 64 bits, by `uname -m`."""


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """Nothing where it does not follow from what can be seen."""
    if process.heap is None or scene.kernel.architecture() not in _WIDE:
        return
    memory = _memory(scene.kernel, process.cgroup, int(scene.boot_age // _SECONDS_LAST))
    for metric, limit in ((LIMIT, heap_limit), (YOUNG, young_limit)):
        size = limit(process.version, process.heap, memory)
        if size:
            yield metric.at(size)


@lru_cache(maxsize=256)
def _memory(kernel: Kernel, group: str, minute: int) -> Memory:
    """The least of what its control groups and the machine allow; remembered for that minute.

    Node.js looks at the process's own group, not at those above it, and at soft limits too.
    """
    whole = _whole(kernel)
    places = folders(kernel, group, MEMORY)
    limits = [memory_limit(kernel, place) for place in places]
    least = min((limit for limit in (*limits, whole) if limit), default=0)
    own = min((limit for limit in (*limits[:1], whole) if limit), default=0)
    is_sure = bool(places) and own == least and not any(has_soft_limit(kernel, place) for place in places)
    return Memory(least, is_sure)


def _whole(kernel: Kernel) -> int:
    """Bytes of memory that the machine has."""
    for line in kernel.read("proc", "meminfo").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) * 1024
    return 0
