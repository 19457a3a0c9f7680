"""What the agent's own control group leaves of the machine: processors, and throttled periods.

cgroup v2: `cpu.max`, `cpu.stat`; v1: `cpu.cfs_quota_us`, `cpu.cfs_period_us`, `cpu.stat`
(Documentation/admin-guide/cgroup-v2.rst, scheduler/sched-bwc.rst). The tightest ancestor holds.
"""

from __future__ import annotations

from functools import lru_cache

from advisor_agent.kernel import Kernel
from advisor_agent.metric import COUNTER, GAUGE, Metric, Samples
from advisor_agent.scene import Scene

EFFECTIVE = Metric("advisor.system.cpu.effective", "{cpu}", GAUGE, "Processors the agent's cgroup may use")
PERIODS = Metric("advisor.system.cgroup.cpu.periods", "{period}", COUNTER, "Quota periods")
THROTTLED = Metric("advisor.system.cgroup.cpu.throttled_periods", "{period}", COUNTER, "Periods throttled")
METRICS = (EFFECTIVE, PERIODS, THROTTLED)


def collect_host(scene: Scene) -> Samples:
    """The least of affinity (which holds the cpuset) and every quota above us; periods where counted."""
    kernel = scene.kernel
    folders = _cpu_folders(kernel)
    quotas = [quota for quota in (_quota(kernel, folder) for folder in folders) if quota]
    yield EFFECTIVE.at(min([_allowed(kernel.read("proc/self/status")), *quotas]))
    if folders:
        counts = dict(line.split()[:2] for line in _or_empty(kernel, folders[0], "cpu.stat").splitlines())
        if "nr_periods" in counts:
            yield PERIODS.at(int(counts["nr_periods"]))
            yield THROTTLED.at(int(counts["nr_throttled"]))


def _allowed(status: str) -> float:
    """Processors in `Cpus_allowed_list`, as `0-3,8`."""
    for line in status.splitlines():
        if line.startswith("Cpus_allowed_list:"):
            parts = [part.partition("-") for part in line.split()[1].split(",")]
            return float(sum(int(last or first) - int(first) + 1 for first, _, last in parts))
    raise ValueError("/proc/self/status has no Cpus_allowed_list")


@lru_cache(maxsize=1)
def _cpu_folders(kernel: Kernel) -> list[str]:
    """Our cpu cgroup's folder and those of its ancestors, the nearest first. Found once: no one moves us."""
    paths = dict(line.split(":", 2)[1:] for line in kernel.read("proc/self/cgroup").splitlines())
    for line in kernel.read("proc/self/mountinfo").splitlines():
        left, _, right = line.partition(" - ")
        root, mountpoint = left.split()[3:5]
        kind, _, options = right.split(" ", 2)
        controllers = next((names for names in paths if "cpu" in names.split(",")), "")
        wanted = kind == "cgroup" and controllers and "cpu" in options.split(",")
        # A hybrid machine has both kinds, and the cpu controller in only one of them.
        if wanted or (kind == "cgroup2" and not controllers and "" in paths):
            return _upwards(mountpoint, _below(paths[controllers], root))
    return []


def _below(path: str, root: str) -> str:
    """A container without a cgroup namespace sees the host's path, but mounts only its own part."""
    return path[len(root) :] if root != "/" and path.startswith(root) else path


def _upwards(mountpoint: str, path: str) -> list[str]:
    parts = [part for part in path.split("/") if part and part != ".."]
    return ["/".join([mountpoint, *parts[:depth]]) for depth in range(len(parts), -1, -1)]


def _quota(kernel: Kernel, folder: str) -> float:
    """Processors that the quota of one folder allows, 0 for no quota."""
    pair = _or_empty(kernel, folder, "cpu.max").split() or [
        _or_empty(kernel, folder, "cpu.cfs_quota_us").strip(),
        _or_empty(kernel, folder, "cpu.cfs_period_us").strip(),
    ]
    quota, period = pair
    return int(quota) / int(period) if quota.isdigit() and int(period or 0) else 0.0


def _or_empty(kernel: Kernel, folder: str, name: str) -> str:
    """The root group has no such files: no file means no limit."""
    try:
        return kernel.read(folder.lstrip("/"), name)
    except OSError:
        return ""
