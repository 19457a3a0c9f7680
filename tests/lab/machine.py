"""What the lab takes from this machine: its ports, control groups, folders in memory."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.case import Service

PREFIX = "lab-"
"""How the folder of a run's data begins, among the temporary ones."""

GROUPS = Path("/sys/fs/cgroup")
PERIOD = 100_000
"""Microseconds of a CPU quota's period: the kernel's own default."""


def missing(service: Service) -> str:
    """What this machine lacks to run a service, in words; empty if nothing."""
    wanted = {"cpu": service.cores, "memory": service.memory}
    for controller, limit in wanted.items():
        if limit is not None and not (os.geteuid() == 0 and (GROUPS / controller).is_dir()):
            return f"control groups (version 1) with {controller}, and root"
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most != resource.RLIM_INFINITY and (service.descriptors or 0) > most:
        return f"a hard limit of {service.descriptors} descriptors (it is {most})"
    if "{disk}" in str(service.environment) and os.geteuid() != 0:
        return "root, to mount a file system in memory"
    return ""


def folder(path: Path) -> Path:
    """This folder, made if it is not there."""
    path.mkdir(parents=True, exist_ok=True)
    return path


class Group:
    """The control groups of one service; none where it has no limits."""

    def __init__(self, name: str, service: Service) -> None:
        settings = {
            GROUPS / "cpu" / f"lab-{name}": {
                "cpu.cfs_period_us": PERIOD,
                "cpu.cfs_quota_us": None if service.cores is None else round(service.cores * PERIOD),
            },
            GROUPS / "memory" / f"lab-{name}": {"memory.limit_in_bytes": service.memory},
        }
        self.folders = [path for path, values in settings.items() if None not in values.values()]
        for path in self.folders:
            folder(path)
            for file, value in settings[path].items():
                (path / file).write_text(str(value))

    @property
    def join(self) -> str:
        """Shell commands with which a process enters."""
        return "".join(f"echo $$ > {path}/cgroup.procs; " for path in self.folders)

    def remove(self) -> None:
        """Remove the groups; their processes have ended."""
        for path in self.folders:
            path.rmdir()


@contextmanager
def disk(path: Path, size: str = "64m") -> Iterator[Path]:
    """A file system in memory at this folder, as long as the block lasts."""
    subprocess.run(("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder(path))), check=True)
    try:
        yield path
    finally:
        subprocess.run(("umount", "--lazy", str(path)), check=True)
        shutil.rmtree(path, ignore_errors=True)
