"""What the open descriptors of a process are: sockets, files, pipes. Dear to find out, so not at every look."""

from __future__ import annotations

from collections.abc import Iterable

from advisor_agent.kernel import Kernel
from advisor_agent.process import Key

SOCKET, PIPE, FILE, OTHER = "socket", "pipe", "file", "other"

_LOOKS_LAST = 6
_MUCH_SHARE, _MUCH = 0.1, 16
"""A count that moved by this share, and by this many, is worth a new look at once."""


class _Seen:
    __slots__ = ("age", "count", "kinds")

    def __init__(self, count: int, kinds: dict[str, int]) -> None:
        self.age = 0
        self.count = count
        self.kinds = kinds


class DescriptorKinds:
    """Remembers the kinds of each process, since each descriptor is a system call: 1.7 us."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._seen: dict[Key, _Seen] = {}

    def of(self, key: Key, count: int) -> dict[str, int]:
        """Kind -> descriptors, of the process (pid, start) that has so many open now. OSError as of the kernel."""
        seen = self._seen.get(key)
        if seen:
            seen.age += 1
        if seen is None or seen.age >= _LOOKS_LAST or abs(count - seen.count) >= max(_MUCH, _MUCH_SHARE * seen.count):
            seen = self._seen[key] = _Seen(count, self._read(key[0]))
        return seen.kinds

    def keep(self, keys: Iterable[Key]) -> None:
        """Forget every process but these."""
        wanted = set(keys)
        self._seen = {key: seen for key, seen in self._seen.items() if key in wanted}

    def _read(self, pid: int) -> dict[str, int]:
        kinds = {SOCKET: 0, PIPE: 0, FILE: 0, OTHER: 0}
        for target in self._kernel.descriptor_targets(pid):
            kinds[_kind(target)] += 1
        return kinds


def _kind(target: str) -> str:
    if target.startswith("socket:"):
        return SOCKET
    if target.startswith("pipe:"):
        return PIPE
    # What is no file has another name, as anon_inode:[eventpoll]; devices are no files that leak.
    return FILE if target.startswith("/") and not target.startswith("/dev/") else OTHER
