"""Control groups: the folders that hold a process, and what each of them allows.

cgroup v2: `cpu.max`, `cpu.stat`, `memory.max`, `memory.current`; v1: `cpu.cfs_quota_us`, `cpu.cfs_period_us`,
`cpu.stat`, `memory.limit_in_bytes`, `memory.usage_in_bytes`, `memory.stat`
(Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst, scheduler/sched-bwc.rst). A limit holds for all below
it, so the tightest on the way up is the one that counts.
"""

from __future__ import annotations

from functools import lru_cache

from advisor_agent.kernel import Kernel

CPU, MEMORY = "cpu", "memory"
"""Controllers."""

_NANOSECONDS, _MICROSECONDS = 1_000_000_000, 1_000_000


@lru_cache(maxsize=256)
def folders(kernel: Kernel, text: str, controller: str) -> tuple[str, ...]:
    """The folder of a controller for the process whose /proc/PID/cgroup is `text`, and its ancestors upwards.

    Remembered: processes of one service share it, and hardly anybody moves one.
    """
    paths = dict(line.split(":", 2)[1:] for line in text.splitlines())
    for line in kernel.read("proc/self/mountinfo").splitlines():
        left, _, right = line.partition(" - ")
        root, mountpoint = left.split()[3:5]
        kind, _, options = right.split(" ", 2)
        controllers = next((names for names in paths if controller in names.split(",")), "")
        wanted = kind == "cgroup" and controllers and controller in options.split(",")
        # A hybrid machine has both kinds, and a controller in only one of them.
        if wanted or (kind == "cgroup2" and not controllers and "" in paths):
            return _upwards(mountpoint, _below(paths[controllers], root))
    return ()


def _below(path: str, root: str) -> str:
    """A container without a cgroup namespace sees the host's path, but mounts only its own part."""
    return path[len(root) :] if root != "/" and path.startswith(root) else path


def _upwards(mountpoint: str, path: str) -> tuple[str, ...]:
    parts = [part for part in path.split("/") if part and part != ".."]
    return tuple("/".join([mountpoint, *parts[:depth]]) for depth in range(len(parts), -1, -1))


def quota(kernel: Kernel, folder: str) -> float:
    """Processors that one folder allows, 0 for no quota."""
    pair = _text(kernel, folder, "cpu.max").split() or [
        _text(kernel, folder, "cpu.cfs_quota_us").strip(),
        _text(kernel, folder, "cpu.cfs_period_us").strip(),
    ]
    allowed, period = pair
    return int(allowed) / int(period) if allowed.isdigit() and int(period or 0) else 0.0


class Throttling:
    """What a quota held back, since the group was made. Seconds."""

    __slots__ = ("periods", "throttled", "time")

    def __init__(self, periods: int, throttled: int, time: float) -> None:
        self.periods = periods
        self.throttled = throttled
        self.time = time


def throttling(kernel: Kernel, folder: str) -> Throttling | None:
    """Of one folder; None where it does not count, as the root group."""
    counts = _counts(kernel, folder, "cpu.stat")
    if "nr_periods" not in counts:
        return None
    # Version 1 counts nanoseconds, version 2 microseconds.
    seconds = counts.get("throttled_usec", 0) / _MICROSECONDS or counts.get("throttled_time", 0) / _NANOSECONDS
    return Throttling(counts["nr_periods"], counts["nr_throttled"], seconds)


def memory_limit(kernel: Kernel, folder: str) -> int:
    """Bytes that one folder allows; 0 for no limit, which version 1 writes as a number near 2**63."""
    text = (_text(kernel, folder, "memory.max") or _text(kernel, folder, "memory.limit_in_bytes")).strip()
    return int(text) if text.isdigit() and int(text) < 1 << 60 else 0


def has_soft_limit(kernel: Kernel, folder: str) -> bool:
    """True where one folder is to use less than it may (`memory.high`, `memory.soft_limit_in_bytes`)."""
    text = (_text(kernel, folder, "memory.high") or _text(kernel, folder, "memory.soft_limit_in_bytes")).strip()
    return text.isdigit() and int(text) < 1 << 60


def memory_usage(kernel: Kernel, folder: str) -> int:
    """Bytes in use without the page cache that can be given back at once, as the kubelet counts a working set."""
    text = _text(kernel, folder, "memory.current") or _text(kernel, folder, "memory.usage_in_bytes")
    counts = _counts(kernel, folder, "memory.stat")
    return max(int(text) - counts.get("total_inactive_file", counts.get("inactive_file", 0)), 0)


def _counts(kernel: Kernel, folder: str, name: str) -> dict[str, int]:
    rows = (line.split() for line in _text(kernel, folder, name).splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2}


def _text(kernel: Kernel, folder: str, name: str) -> str:
    """The root group has no such files: no file means no limit."""
    try:
        return kernel.read(folder.lstrip("/"), name)
    except OSError:
        return ""
