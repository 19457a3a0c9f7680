"""Open descriptors of a process, what they are, and its soft limit, which differs from process to process."""

from __future__ import annotations

from advisor_agent.metric import GAUGE, UPDOWNCOUNTER, Metric, Samples
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene

_UNIT = "{file_descriptor}"
OPEN = Metric("process.unix.file_descriptor.count", _UNIT, UPDOWNCOUNTER, "Open descriptors")
LIMIT = Metric("advisor.process.file_descriptor.limit", _UNIT, GAUGE, "Soft descriptor limit")
KINDS = Metric("advisor.process.file_descriptor.count", _UNIT, GAUGE, "Open descriptors by kind")
METRICS = (OPEN, LIMIT, KINDS)


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """The limit is read first: every user may read it, while the count may be hidden."""
    limit = scene.kernel.descriptor_limit(process.pid)
    if limit:
        yield LIMIT.at(limit)
    try:
        count = scene.kernel.descriptor_count(process.pid)
        yield OPEN.at(count)
        for kind, number in scene.kinds.of(process.key, count).items():
            yield KINDS.at(number, ("advisor.file_descriptor.kind", kind))
    except PermissionError:
        return  # another user's process; its count is hidden only before Linux 6.2
