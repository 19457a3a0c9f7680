"""What frees a filesystem, by what fills it: the data of a datastore, many small files, or logs and uploads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes import archiving, linux, small_files
from advisor.diagnosis.words import counted, percent, size
from advisor.features import Snapshot
from advisor.features.databases import local_servers
from advisor.features.filesystem import INODES, Filling, fillings

MOST: Final = 0.5
"""Share of what is used of a filesystem from which the data of one datastore are most of it."""


@dataclass(frozen=True, slots=True)
class Relief:
    """How a filesystem is freed, in the words of an option."""

    title: str
    why: str
    cost: str
    steps: tuple[Step, ...]
    check_first: str


def relief(snapshot: Snapshot, disk: Filling, seconds: float) -> Relief:
    """By the larger part of what is on it, as far as somebody tells."""
    if disk.what == INODES:
        return _of_files(disk)
    found = _stored(snapshot, disk, seconds)
    return _of_data(disk, *found) if found else _of_logs(snapshot.name, disk)


def _stored(snapshot: Snapshot, disk: Filling, seconds: float) -> tuple[str, float] | None:
    """The datastore of its machine whose data are most of what is used, and their bytes.

    Nobody tells where data lie: they are taken to be on the filesystem that they fill most of those that hold as much.
    """
    machine = next(machine for machine in snapshot.machines if machine.name == disk.host)
    beside = [one for one in fillings(snapshot, None) if one.host == disk.host and one.what == disk.what]
    for server, data in local_servers(machine, seconds):
        home = min((one for one in beside if one.used >= data), key=lambda one: one.used, default=None)
        if home is not None and home.mount == disk.mount and data >= MOST * disk.used:
            return server, data
    return None


def _of_data(disk: Filling, server: str, data: float) -> Relief:
    return Relief(
        f"Archive or partition the data of {server}, {size(data)}, probably on {disk.where}",
        f"They would be {percent(data / disk.used)} of the {size(disk.used)} that are used there; "
        f"{percent(disk.share)} of {size(disk.size)} are used. Rotating logs would then free little; a "
        "bigger volume gives the time to do it.",
        "none but the place for what is archived",
        (
            *archiving.archived(),
            *archiving.by_month(),
            Step("Give the data a volume of their own, so that they and the logs cannot stop each other. See what else "
                 "takes room on this one.", "", "shell", linux.largest(disk.mount)),
        ),
        f"Check that the data lie on {disk.mount} (SHOW data_directory): no agent tells. Check how long rows must be "
        "kept, and who reads old ones.",
    )  # fmt: skip


def _of_files(disk: Filling) -> Relief:
    return Relief(
        f"Remove small files from {disk.where}, which has inodes for few more",
        f"{percent(disk.share)} of its {counted(round(disk.size), 'inode')} are used: each file takes one, however "
        "small it is. When none is left no file can be made, whatever room there is.",
        "none for files that nobody needs; object storage by what is kept",
        small_files.removed(disk.mount),
        "Check what the files are and who reads them before any are deleted.",
    )


def _of_logs(name: str, disk: Filling) -> Relief:
    return Relief(
        f"Rotate logs and move uploads off {disk.where}",
        f"{percent(disk.share)} of {size(disk.size)} are used. Logs and uploads fill any size.",
        "none for logs; object storage by what is kept",
        (
            Step("See what takes the room.", "", "shell", linux.largest(disk.mount)),
            *linux.rotated(name),
            Step("Send uploads to object storage (S3, Cloud Storage, MinIO) straight from the browser by a signed "
                 "address, or as a stream; keep only their keys. Then copies of the service share no disk either."),
            Step("Give data that must stay here a volume of its own, so that logs can never stop the datastore."),
        ),
        "Check what grows before anything is deleted; a file that a process holds open frees nothing.",
    )  # fmt: skip
