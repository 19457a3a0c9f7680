"""Space and inodes of the mounted local filesystems."""

from __future__ import annotations

import re

from advisor_agent.metric import UPDOWNCOUNTER, Metric, Samples
from advisor_agent.scene import Scene

USAGE = Metric("system.filesystem.usage", "By", UPDOWNCOUNTER, "Space by state")
LIMIT = Metric("system.filesystem.limit", "By", UPDOWNCOUNTER, "Size of the filesystem")
INODES = Metric("advisor.system.filesystem.inode.count", "{inode}", UPDOWNCOUNTER, "Inodes in use")
INODES_LIMIT = Metric("advisor.system.filesystem.inode.limit", "{inode}", UPDOWNCOUNTER, "Inodes there are")
METRICS = (USAGE, LIMIT, INODES, INODES_LIMIT)

_READ_ONLY_IMAGES = ("squashfs", "iso9660", "erofs")
_OF_THE_SYSTEM = ("/dev", "/run", "/sys", "/proc", "/var/lib/docker", "/var/lib/containers", "/var/lib/kubelet")
"""Where the system itself keeps its memory filesystems, many of them and never of a service."""

_OCTAL = re.compile(r"\\([0-7]{3})")


def collect_host(scene: Scene) -> Samples:
    """Used and whole of each; a network filesystem is never asked, since a dead one would hang us."""
    for mountpoint in _mountpoints(scene.kernel.read("proc/mounts")):
        try:
            space = scene.kernel.space(mountpoint)
        except OSError:
            continue  # unmounted since, or hidden from this user
        place = ("system.filesystem.mountpoint", mountpoint)
        if space.size:
            yield LIMIT.at(space.size, place)
            yield USAGE.at(space.used, place, ("system.filesystem.state", "used"))
        if space.inodes:  # btrfs and others make them as they need them, and have no limit
            yield INODES_LIMIT.at(space.inodes, place)
            yield INODES.at(space.inodes_used, place)


def _mountpoints(text: str) -> list[str]:
    """`/` whatever it is, the first mount of every local device that is no image, and memory used as a disk."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        device, mountpoint, kind = line.split()[:3]
        mountpoint = _OCTAL.sub(lambda code: chr(int(code[1], 8)), mountpoint)
        if kind == "tmpfs" and not mountpoint.startswith(_OF_THE_SYSTEM):
            device = mountpoint  # all of them are called tmpfs, and each has a size of its own
            is_local = True
        else:
            is_local = (device.startswith("/dev/") or kind == "zfs") and kind not in _READ_ONLY_IMAGES
        if mountpoint == "/" or (is_local and device not in found):
            found[device] = mountpoint
    return list(found.values())
