"""Bytes that a process made disks read and write, from /proc/PID/io (proc(5))."""

from __future__ import annotations

from advisor_agent.metric import COUNTER, Metric, Samples
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene

IO = Metric("process.disk.io", "By", COUNTER, "Bytes read from and written to disks")
METRICS = (IO,)

_DIRECTION = "disk.io.direction"


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """What the page cache answered is not in it. PermissionError for a process of another user."""
    try:
        text = scene.kernel.read("proc", str(process.pid), "io")
    except FileNotFoundError:
        return  # the kernel was built without it; a process that ended is noticed by the others
    counts = dict(line.split(": ") for line in text.splitlines())
    yield IO.at(int(counts["read_bytes"]), (_DIRECTION, "read"))
    yield IO.at(int(counts["write_bytes"]), (_DIRECTION, "write"))
