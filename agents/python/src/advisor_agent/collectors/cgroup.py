"""What the agent's own control group leaves of the machine's processors, and its throttled periods."""

from __future__ import annotations

from advisor_agent.cgroups import CPU, folders, quota, throttling
from advisor_agent.metric import COUNTER, GAUGE, Metric, Samples
from advisor_agent.scene import Scene

EFFECTIVE = Metric("advisor.system.cpu.effective", "{cpu}", GAUGE, "Processors the agent's cgroup may use")
PERIODS = Metric("advisor.system.cgroup.cpu.periods", "{period}", COUNTER, "Quota periods")
THROTTLED = Metric("advisor.system.cgroup.cpu.throttled_periods", "{period}", COUNTER, "Periods throttled")
METRICS = (EFFECTIVE, PERIODS, THROTTLED)


def collect_host(scene: Scene) -> Samples:
    """The least of affinity (which holds the cpuset) and every quota above us; periods where counted.

    What limits the agent's own service alone, says nothing of the machine.
    """
    kernel = scene.kernel
    own = [
        folder
        for folder in folders(kernel, kernel.read("proc/self/cgroup"), CPU)
        if not folder.endswith("/advisor-agent.service")
    ]
    quotas = [allowed for allowed in (quota(kernel, folder) for folder in own) if allowed]
    yield EFFECTIVE.at(min([_allowed(kernel.read("proc/self/status")), *quotas]))
    held = throttling(kernel, own[0]) if own else None
    if held:
        yield PERIODS.at(held.periods)
        yield THROTTLED.at(held.throttled)


def _allowed(status: str) -> float:
    """Processors in `Cpus_allowed_list`, as `0-3,8`."""
    for line in status.splitlines():
        if line.startswith("Cpus_allowed_list:"):
            parts = [part.partition("-") for part in line.split()[1].split(",")]
            return float(sum(int(last or first) - int(first) + 1 for first, _, last in parts))
    raise ValueError("/proc/self/status has no Cpus_allowed_list")
