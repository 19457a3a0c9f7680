"""Open files of the whole kernel against its limit, from /proc/sys/fs/file-nr."""

from __future__ import annotations

from advisor_agent.metric import GAUGE, Metric, Samples
from advisor_agent.scene import Scene

_UNIT = "{file_descriptor}"
OPEN = Metric("advisor.system.file_descriptor.count", _UNIT, GAUGE, "Descriptors of the kernel")
LIMIT = Metric("advisor.system.file_descriptor.limit", _UNIT, GAUGE, "Most the kernel allows")
METRICS = (OPEN, LIMIT)


def collect_host(scene: Scene) -> Samples:
    """Allocated handles less the free ones (always 0 since Linux 2.6), and the limit."""
    allocated, free, limit = (int(text) for text in scene.kernel.read_again("proc/sys/fs/file-nr").split())
    yield OPEN.at(allocated - free)
    yield LIMIT.at(limit)
