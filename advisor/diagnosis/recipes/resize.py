"""More of one resource: of a machine, of a container, of a volume."""

from __future__ import annotations

import math
import shlex
from typing import Final

from advisor.diagnosis.advice import Step

MACHINE: Final = (
    Step("Order or resize to a machine of this size; what is not named stays as it is or grows along."),
    Step("Watch one daily peak on this page: what was short should stay below three quarters."),
)


def container(memory: float) -> tuple[Step, ...]:
    """Each container may use so many bytes."""
    mib = math.ceil(memory / 2**20)
    return (
        Step("Raise request and limit together.", "Kubernetes", "shell",
             f"kubectl set resources deployment NAME --requests=memory={mib}Mi --limits=memory={mib}Mi"),
        Step("Raise the limit.", "Docker", "shell", f"docker update --memory {mib}m --memory-swap {mib}m CONTAINER"),
        Step("Raise the limit.", "systemd", "shell", f"systemctl set-property NAME.service MemoryMax={mib}M"),
    )  # fmt: skip


def volume(mount: str) -> tuple[Step, ...]:
    """The volume is grown first, then what is on it."""
    return (
        Step("Grow the volume at the provider, then its partition and filesystem (ext4; xfs_growfs for XFS). See first "
             "what device it is.", "", "shell",
             f"findmnt --noheadings --output SOURCE,FSTYPE {shlex.quote(mount)}\n"
             "growpart /dev/DISK 1\nresize2fs /dev/PARTITION"),
    )  # fmt: skip
