"""What a host stores on and talks through: filesystems, disks and network interfaces, in the last minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.features.window import HostWindow, Track
from advisor.pages import measured
from advisor.vocabulary import PartKind


@dataclass(frozen=True, slots=True)
class FilesystemRow:
    """One mounted filesystem: bytes and inodes; None where it has no such limit.

    `share` is how full it is by the tighter of the two, 0 to 1.
    """

    name: str
    used: float | None
    capacity: float | None
    inodes_used: float | None
    inodes: float | None
    share: float


@dataclass(frozen=True, slots=True)
class DiskRow:
    """One disk: the share of time it was busy, operations per second, seconds an operation, bytes per second."""

    name: str
    busy: float | None
    operations: float | None
    wait: float | None
    read: float | None
    written: float | None


@dataclass(frozen=True, slots=True)
class InterfaceRow:
    """One network interface: bytes and errors per second."""

    name: str
    received: float | None
    sent: float | None
    errors: float | None


def filesystem_rows(host: HostWindow) -> list[FilesystemRow]:
    """The filesystems, the fullest first."""
    rows = [_filesystem(name, track) for name, track in _tracks(host, PartKind.DISK) if "capacity" in track.values]
    return sorted(rows, key=lambda row: (-row.share, row.name))


def disk_rows(host: HostWindow) -> list[DiskRow]:
    """The disks, the busiest first."""
    rows = [_disk(name, track) for name, track in _tracks(host, PartKind.DISK) if "busy" in track.values]
    return sorted(rows, key=lambda row: (-(row.busy or 0.0), row.name))


def interface_rows(host: HostWindow) -> list[InterfaceRow]:
    """The interfaces, the one that carries most first."""
    rows = [
        InterfaceRow(name, *(measured.rate(track, column) for column in ("received", "sent", "errors")))
        for name, track in _tracks(host, PartKind.INTERFACE)
    ]
    return sorted(rows, key=lambda row: (-(row.received or 0.0) - (row.sent or 0.0), row.name))


def _tracks(host: HostWindow, kind: PartKind) -> Iterator[tuple[str, Track]]:
    return ((part.name, part.track) for part in host.of_kind(kind))


def _filesystem(name: str, track: Track) -> FilesystemRow:
    used, capacity, inodes_used, inodes = (
        measured.last(track, column) for column in ("used", "capacity", "inodes_used", "inodes")
    )
    return FilesystemRow(
        name, used, capacity, inodes_used, inodes, max(_share(used, capacity), _share(inodes_used, inodes))
    )


def _share(part: float | None, whole: float | None) -> float:
    return part / whole if part is not None and whole else 0.0


def _disk(name: str, track: Track) -> DiskRow:
    operations, seconds = measured.total(track, "count"), measured.total(track, "duration")
    return DiskRow(
        name=name,
        busy=measured.rate(track, "busy"),
        operations=measured.rate(track, "count"),
        wait=seconds / operations if operations and seconds is not None else None,
        read=measured.rate(track, "received"),
        written=measured.rate(track, "sent"),
    )
