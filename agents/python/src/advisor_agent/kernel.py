"""Files of the kernel, below a root that tests can move."""

from __future__ import annotations

import errno
import os

_KNOWN = getattr(os, "sysconf", {"SC_CLK_TCK": 100, "SC_PAGE_SIZE": 4096}.__getitem__)
"""Windows has none, and reads none of this; but it knows the metrics of the collectors that do."""

TICKS_PER_SECOND: int = _KNOWN("SC_CLK_TCK")
PAGE_BYTES: int = _KNOWN("SC_PAGE_SIZE")
_PIECE_BYTES = 16_384
_MOST_FILE_BYTES = 262_144

_kept: dict[str, int] = {}
"""Descriptors by path, of `Kernel.read_again`; the kernel is the same for all."""


class Space:
    """A filesystem: bytes and inodes, all there are and those in use."""

    __slots__ = ("inodes", "inodes_used", "size", "used")

    def __init__(self, figures: os.statvfs_result) -> None:
        unit = figures.f_frsize
        self.size = figures.f_blocks * unit
        self.used = (figures.f_blocks - figures.f_bfree) * unit
        self.inodes = figures.f_files
        self.inodes_used = figures.f_files - figures.f_ffree


class Kernel:
    """Reads /proc, /sys and /etc. Every method raises OSError where the file cannot be had."""

    def __init__(self, root: str = "/") -> None:
        self.root = root.rstrip("/")
        self.is_live = not self.root

    def path(self, *parts: str) -> str:
        """A path below the root."""
        return "/".join((self.root, *parts))

    def below(self, *parts: str) -> Kernel:
        """The files below a folder, such as those that a container sees."""
        return Kernel(self.path(*parts))

    def read(self, *parts: str) -> str:
        """A file's text; bytes that are no UTF-8 become U+FFFD, so that the text can be sent."""
        # Bare system calls: Python's file objects ask for size, position and kind first, at twice the cost.
        file = os.open(self.path(*parts), os.O_RDONLY | os.O_CLOEXEC)
        try:
            data = os.read(file, _PIECE_BYTES)
            piece = data
            while piece:
                piece = os.read(file, _PIECE_BYTES)
                data += piece
        finally:
            os.close(file)
        return data.decode("utf-8", "replace")

    def file(self, path: str) -> str:
        """Text of a file of a service, by its whole path. OSError too where it is unreasonably long."""
        if os.stat(self.root + path).st_size > _MOST_FILE_BYTES:
            raise OSError(errno.EFBIG, "too long", path)
        return self.read(path.lstrip("/"))

    def read_again(self, path: str) -> str:
        """The text of a file of /proc that is there as long as the kernel, through a descriptor that stays open.

        Finding and opening such a file costs more than reading it: half of 90 us for /proc/self/net/netstat.
        """
        if not self.is_live:
            return self.read(path)
        file = _kept.get(path)
        if file is None:
            file = _kept[path] = os.open(self.path(path), os.O_RDONLY | os.O_CLOEXEC)
        data = piece = os.pread(file, _PIECE_BYTES, 0)
        while piece:
            piece = os.pread(file, _PIECE_BYTES, len(data))
            data += piece
        return data.decode("utf-8", "replace")

    def link(self, *parts: str) -> str:
        """What a symbolic link points to."""
        return os.readlink(self.path(*parts))

    def names(self, *parts: str) -> list[str]:
        """The names in a directory."""
        return os.listdir(self.path(*parts))

    def process_ids(self) -> list[int]:
        """Every process that is visible."""
        return [int(name) for name in self.names("proc") if name.isdigit()]

    def children(self, pid: int) -> list[int]:
        """The processes that a process has started. Every user may ask; Linux built without PROC_CHILDREN cannot."""
        threads = self.names("proc", str(pid), "task")
        texts = [self.read("proc", str(pid), "task", thread, "children") for thread in threads]
        return [int(child) for text in texts for child in text.split()]

    def descriptor_count(self, pid: int) -> int:
        """Open descriptors of a process.

        Linux 6.2 and later give the count as the directory's size, to every user; before, the
        directory has to be listed, which takes the same user or CAP_DAC_READ_SEARCH.
        """
        size = os.stat(self.path("proc", str(pid), "fd")).st_size if self.is_live else 0
        return size or len(self.names("proc", str(pid), "fd"))

    def descriptor_limit(self, pid: int) -> int:
        """The most descriptors that a process may open (its soft limit), 0 for no limit.

        One call to those who may ask it, the same user or CAP_SYS_RESOURCE; a file of sixteen lines to everybody else.
        """
        if self.is_live:
            import resource  # Windows has none, but imports this module

            try:
                soft, _ = resource.prlimit(pid, resource.RLIMIT_NOFILE)
                return max(soft, 0)  # -1 is no limit
            except PermissionError:
                pass
        for line in self.read("proc", str(pid), "limits").splitlines():
            if line.startswith("Max open files"):
                soft_limit = line.split()[3]
                return int(soft_limit) if soft_limit.isdigit() else 0
        return 0

    def descriptor_targets(self, pid: int) -> list[str]:
        """What each descriptor of a process is, as `socket:[1]` or a path. Needs the same user or CAP_SYS_PTRACE."""
        targets = []
        for number in self.names("proc", str(pid), "fd"):
            try:
                targets.append(self.link("proc", str(pid), "fd", number))
            except FileNotFoundError:
                continue  # closed since the listing
        return targets

    def socket_inodes(self, pid: int) -> frozenset[int]:
        """The sockets that a process holds, by inode. Needs the same user or CAP_SYS_PTRACE."""
        return frozenset(int(target[8:-1]) for target in self.descriptor_targets(pid) if target.startswith("socket:["))

    def space(self, mountpoint: str) -> Space:
        """What there is of a filesystem, and what is used."""
        return Space(os.statvfs(self.root + mountpoint))

    def architecture(self) -> str:
        """The machine's instruction set as `uname -m` says it."""
        return os.uname().machine

    def boot_age(self) -> float:
        """Seconds since the kernel started, suspended time included: the clock of process start times."""
        return float(self.read_again("proc/uptime").split()[0])

    def boot_time(self) -> int:
        """Unix time of the start of the kernel, to the second."""
        for line in self.read("proc/stat").splitlines():
            if line.startswith("btime "):
                return int(line[6:])
        raise ValueError("/proc/stat has no btime line")
