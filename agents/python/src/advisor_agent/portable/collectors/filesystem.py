"""Space of the mounted local filesystems."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from advisor_agent.collectors.filesystem import LIMIT, USAGE
from advisor_agent.metric import Samples
from advisor_agent.portable.asking import ask
from advisor_agent.portable.scene import Scene

METRICS = (USAGE, LIMIT)

_READ_ONLY_IMAGES = ("squashfs", "iso9660", "erofs")


def collect_host(scene: Scene) -> Samples:
    """Used and whole of each; a network drive is never asked, since a dead one would hang us."""
    psutil = scene.psutil
    devices = set()
    for partition in ask(psutil, psutil.disk_partitions, all=False):
        if partition.device in devices or not _is_wanted(psutil, partition):
            continue
        try:
            space = ask(psutil, psutil.disk_usage, partition.mountpoint)
        except OSError:
            continue  # unmounted since, or locked
        devices.add(partition.device)
        place = ("system.filesystem.mountpoint", partition.mountpoint)
        yield LIMIT.at(space.total, place)
        yield USAGE.at(space.used, place, ("system.filesystem.state", "used"))


def _is_wanted(psutil: ModuleType, partition: Any) -> bool:
    """Windows: fixed drives. macOS: `/`, and what people see and can write; others share its space or are images."""
    options = partition.opts.split(",")
    if psutil.WINDOWS:
        return "fixed" in options
    if psutil.MACOS and partition.mountpoint != "/":
        return "local" in options and "dontbrowse" not in options and "ro" not in options
    return partition.fstype not in _READ_ONLY_IMAGES
