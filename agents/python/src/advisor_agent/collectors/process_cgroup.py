"""What the control groups of a process allow it: processors and memory, and how often the quota held it back.

systemd (`CPUQuota`, `MemoryMax`), containers and Kubernetes all limit a process this way.
"""

from __future__ import annotations

from collections.abc import Callable

from advisor_agent.cgroups import CPU, MEMORY, folders, memory_limit, memory_usage, quota, throttling
from advisor_agent.kernel import Kernel
from advisor_agent.metric import COUNTER, GAUGE, Metric, Samples
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene

_NAME = "advisor.process.cgroup"
CPU_LIMIT = Metric(f"{_NAME}.cpu.limit", "{cpu}", GAUGE, "Processors its control groups allow")
PERIODS = Metric(f"{_NAME}.cpu.periods", "{period}", COUNTER, "Quota periods")
THROTTLED = Metric(f"{_NAME}.cpu.throttled_periods", "{period}", COUNTER, "Periods throttled")
THROTTLED_TIME = Metric(f"{_NAME}.cpu.throttled.time", "s", COUNTER, "Time its threads were held back")
MEMORY_LIMIT = Metric(f"{_NAME}.memory.limit", "By", GAUGE, "Memory its control groups allow")
MEMORY_USAGE = Metric(f"{_NAME}.memory.usage", "By", GAUGE, "Memory that the limited group uses")
METRICS = (CPU_LIMIT, PERIODS, THROTTLED, THROTTLED_TIME, MEMORY_LIMIT, MEMORY_USAGE)


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """The tightest limits on the way up, and what is used and held back where they are set; nothing without limits.

    Processes of one group share them, so they are read once a look.
    """
    if process.cgroup not in scene.groups:
        scene.groups[process.cgroup] = list(_of_group(scene.kernel, process.cgroup))
    return iter(scene.groups[process.cgroup])


def _of_group(kernel: Kernel, group: str) -> Samples:
    folder, processors = _tightest(kernel, folders(kernel, group, CPU), quota)
    if processors:
        yield CPU_LIMIT.at(processors)
        held = throttling(kernel, folder)
        if held:
            yield PERIODS.at(held.periods)
            yield THROTTLED.at(held.throttled)
            yield THROTTLED_TIME.at(held.time)
    folder, limit = _tightest(kernel, folders(kernel, group, MEMORY), memory_limit)
    if limit:
        yield MEMORY_LIMIT.at(int(limit))
        yield MEMORY_USAGE.at(memory_usage(kernel, folder))


def _tightest(kernel: Kernel, places: tuple[str, ...], limit_of: Callable[[Kernel, str], float]) -> tuple[str, float]:
    """The folder with the least limit, and that limit; 0 where there is none."""
    limits = [(limit, folder) for limit, folder in ((limit_of(kernel, place), place) for place in places) if limit]
    limit, folder = min(limits, default=(0.0, ""))
    return folder, limit
