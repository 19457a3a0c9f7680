"""In which container and pod a process runs, and its number there.

Sources: the paths that Docker, containerd, CRI-O, Podman, ECS and the kubelet give their control groups (both of its
drivers), and, where a cgroup namespace hides the path, the files that they mount into every container, as
OpenTelemetry's detectors do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ID = re.compile(r"(?:^|[-/:])([0-9a-f]{64}|[0-9a-f]{32}-\d{8,10})(?:\.scope)?(?=/|$)")
_POD = re.compile(r"(?:^|[-/])pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?=[./:]|$)")
"""The systemd driver writes `_` for `-`; a pod from a file of the kubelet has 32 digits without either."""

_MOUNTED = ("/run/.containerenv", "/etc/hostname", "/etc/resolv.conf", "/etc/hosts")
"""Podman and CRI-O mount the first from the container's own folder; the others may be those of a whole pod."""

_MOUNTED_ID = re.compile(r"(?:/(sandboxes))?/([0-9a-f]{64})/")
"""containerd mounts them from the sandbox of the pod, whose id is none of a container."""

_MOUNTED_POD = re.compile(r"/pods/([0-9a-f-]{32,36})/(?:etc-hosts$|containers/([^/]+)/)")


class Container:
    """Empty text and 0 for a process that runs in none, or where nothing tells.

    `sandbox` is the id of another container that lends this one its host name: what SDKs inside take for its own.
    """

    __slots__ = ("id", "name", "pod_uid", "sandbox", "virtual_pid")

    def __init__(
        self, id: str = "", sandbox: str = "", pod_uid: str = "", name: str = "", virtual_pid: int = 0
    ) -> None:
        self.id = id
        self.sandbox = sandbox
        self.pod_uid = pod_uid
        self.name = name
        self.virtual_pid = virtual_pid

    def attributes(self) -> dict[str, str | int]:
        """What is known, by OpenTelemetry's names."""
        known: dict[str, str | int] = {
            "container.id": self.id,
            "advisor.container.sandbox.id": self.sandbox,
            "k8s.pod.uid": self.pod_uid,
            "k8s.container.name": self.name,
            "process.vpid": self.virtual_pid,
        }
        return {key: value for key, value in known.items() if value}


def container_of(cgroup: str, mountinfo: str, status: str) -> Container:
    """Read /proc/PID/cgroup, mountinfo and status. The innermost container counts, should one run in another."""
    paths = [line.split(":", 2)[-1] for line in cgroup.splitlines()]
    mounts = _mounts(mountinfo)
    lent = [found for place in _MOUNTED if (found := _MOUNTED_ID.search(mounts.get(place, "")))]
    pods = [found for root in mounts.values() if (found := _MOUNTED_POD.search(root))]
    own_id = _last(_ID, paths) or _first(found[2] for found in lent if not found[1])
    return Container(
        id=own_id,
        sandbox=_first(found[2] for found in lent if found[2] != own_id),
        pod_uid=_last(_POD, paths).replace("_", "-") or _first(pod[1] for pod in pods),
        name=_first(pod[2] for pod in pods if pod[2]),
        virtual_pid=virtual_pid(status),
    )


def virtual_pid(status: str) -> int:
    """The number of a process in its own pid namespace (`NSpid`), 0 where that is the reader's."""
    for line in status.splitlines():
        if line.startswith("NSpid:"):
            numbers = line.split()[1:]
            return int(numbers[-1]) if len(numbers) > 1 else 0
    return 0


def _mounts(mountinfo: str) -> dict[str, str]:
    """Mount point -> what is mounted there, for the single files and folders that a container gets."""
    rows = (line.split(" ", 5) for line in mountinfo.splitlines())
    return {row[4]: row[3] for row in rows if len(row) == 6 and row[3] != "/"}


def _last(form: re.Pattern[str], paths: list[str]) -> str:
    found = (form.findall(path) for path in paths)
    return _first(ids[-1] for ids in found if ids)


def _first(found: Iterable[str]) -> str:
    return next(iter(found), "")
