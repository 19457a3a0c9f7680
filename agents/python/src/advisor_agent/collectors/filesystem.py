"""Space of the mounted local filesystems."""

from __future__ import annotations

import re

from advisor_agent.metric import UPDOWNCOUNTER, Metric, Samples
from advisor_agent.scene import Scene

USAGE = Metric("system.filesystem.usage", "By", UPDOWNCOUNTER, "Space by state")
LIMIT = Metric("system.filesystem.limit", "By", UPDOWNCOUNTER, "Size of the filesystem")
METRICS = (USAGE, LIMIT)

_READ_ONLY_IMAGES = ("squashfs", "iso9660", "erofs")
_OCTAL = re.compile(r"\\([0-7]{3})")


def collect_host(scene: Scene) -> Samples:
    """Used and whole size of each; a network filesystem is never asked, since a dead one would hang us."""
    for mountpoint in _mountpoints(scene.kernel.read("proc/mounts")):
        try:
            capacity, used = scene.kernel.space(mountpoint)
        except OSError:
            continue  # unmounted since, or hidden from this user
        if capacity:
            place = ("system.filesystem.mountpoint", mountpoint)
            yield LIMIT.at(capacity, place)
            yield USAGE.at(used, place, ("system.filesystem.state", "used"))


def _mountpoints(text: str) -> list[str]:
    """`/` whatever it is, and the first mount of every local device that is no image."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        device, mountpoint, kind = line.split()[:3]
        mountpoint = _OCTAL.sub(lambda code: chr(int(code[1], 8)), mountpoint)
        is_local = (device.startswith("/dev/") or kind == "zfs") and kind not in _READ_ONLY_IMAGES
        if mountpoint == "/" or (is_local and device not in found):
            found[device] = mountpoint
    return list(found.values())
