"""What a process holds, seen from outside: memory, and files for a while."""

from __future__ import annotations

import os
from pathlib import Path

MIB = 1 << 20


class Witness:
    """Looks at one process, and at the folder where it may put files for a while."""

    def __init__(self, pid: int, folder: Path) -> None:
        self._proc = Path("/proc") / str(pid)
        self._folder = folder

    @property
    def rss(self) -> int:
        """Bytes of memory that it holds now."""
        return self._status("VmRSS")

    @property
    def peak(self) -> int:
        """Most bytes that it held at once since `forget_peak`."""
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        """Begin anew; the kernel keeps this figure, so that no peak falls between two looks."""
        (self._proc / "clear_refs").write_text("5")

    @property
    def cpu(self) -> float:
        """Seconds of processor time that it has taken; in steps of 10 ms."""
        fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    @property
    def files(self) -> list[str]:
        """Files for a while: those in the folder, and those open without a name; its outputs are ours to choose."""
        open_ones = map(_target, [one for one in (self._proc / "fd").iterdir() if int(one.name) > 2])
        return [*map(str, self._folder.iterdir()), *(one for one in open_ones if one.endswith("(deleted)"))]

    @property
    def touched(self) -> int:
        """When a file was made or removed in the folder last, nanoseconds since the epoch."""
        return self._folder.stat().st_mtime_ns

    def _status(self, name: str) -> int:
        lines = (self._proc / "status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def _target(link: Path) -> str:
    """What is open there; nothing if it was closed meanwhile."""
    try:
        return os.readlink(link)
    except FileNotFoundError:
        return ""
