"""What the control groups of a process allow it: processors and memory, and how often the quota held it back.

systemd (`CPUQuota`, `MemoryMax`), containers and Kubernetes all limit a process this way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

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

_LIMIT_OF: dict[str, Callable[[Kernel, str], float]] = {CPU: quota, MEMORY: memory_limit}
_SECONDS_LAST = 60


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """The tightest limits on the way up, and what is used and held back where they are set; nothing without limits.

    Processes of one group share them, so they are read once a look.
    """
    if process.cgroup not in scene.groups:
        minute = int(scene.boot_age // _SECONDS_LAST)
        scene.groups[process.cgroup] = list(_of_group(scene.kernel, process.cgroup, minute))
    return iter(scene.groups[process.cgroup])


def _of_group(kernel: Kernel, group: str, minute: int) -> Samples:
    folder, processors = _tightest(kernel, group, CPU, minute)
    if processors:
        yield CPU_LIMIT.at(processors)
        held = throttling(kernel, folder)
        if held:
            yield PERIODS.at(held.periods)
            yield THROTTLED.at(held.throttled)
            yield THROTTLED_TIME.at(held.time)
    folder, limit = _tightest(kernel, group, MEMORY, minute)
    if limit:
        yield MEMORY_LIMIT.at(int(limit))
        yield MEMORY_USAGE.at(memory_usage(kernel, folder))


@lru_cache(maxsize=256)
def _tightest(kernel: Kernel, group: str, controller: str, minute: int) -> tuple[str, float]:
    """The folder with the least limit, and that limit; 0 where there is none.

    Remembered for that minute: somebody sets limits seldom, and up to ten files have to be asked for them.
    """
    limit_of = _LIMIT_OF[controller]
    places = folders(kernel, group, controller)
    limits = [(limit, folder) for limit, folder in ((limit_of(kernel, place), place) for place in places) if limit]
    limit, folder = min(limits, default=(0.0, ""))
    return folder, limit
