"""Programs that are not Node.js, each with all its processes taken together.

A program's CPU time must not fall when one of its processes ends. PostgreSQL forks a process for each connection, Redis
one to save, and the kernel adds what an ended child took to its parent: of a program that forks itself the parents'
`cutime` and `cstime` are counted, so that also what nobody saw running is in the sum. Of any other process that ends,
the time it had when it was last seen is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advisor_agent.kernel import PAGE_BYTES, Kernel
from advisor_agent.processes import Stat

DATASTORES = frozenset(
    {"postgres", "mysqld", "mariadbd", "mongod", "redis-server", "valkey-server", "memcached"}
)  # fmt: skip
"""File names of the datastores that are looked for without being asked; they start hardly anything but themselves."""


class Program:
    """What all processes of a program have together. Seconds and bytes; `descriptors` is None where they are hidden."""

    __slots__ = ("cpu", "descriptors", "memory", "name", "processes", "threads")

    def __init__(self, name: str) -> None:
        self.name = name
        self.processes = self.threads = self.memory = 0
        self.cpu = 0.0
        self.descriptors: int | None = 0


class _Member:
    """A process as it was seen last. `took` are its CPU seconds, with those of ended children where they count."""

    __slots__ = ("parent", "took")

    def __init__(self, parent: int, took: float) -> None:
        self.parent = parent
        self.took = took


_Members = dict[tuple[int, int], _Member]
"""(pid, start) -> process."""


class _Past:
    """What is kept of a program from look to look."""

    __slots__ = ("ended", "members", "total")

    def __init__(self) -> None:
        self.members: _Members = {}
        self.ended = 0.0
        self.total = 0.0


class Programs:
    """Adds up the processes of each program."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._past: dict[str, _Past] = {}

    def read(self, named: Mapping[str, Sequence[int]]) -> list[Program]:
        """The programs that run now, by the pids that each name has. One that is gone is forgotten."""
        found = []
        past = self._past
        self._past = {}
        for name, pids in named.items():
            program = Program(name)
            members = self._add_up(program, pids)
            if members:
                kept = self._past[name] = past.get(name) or _Past()
                program.cpu = _total(kept, members, name in DATASTORES)
                found.append(program)
        return found

    def _add_up(self, program: Program, pids: Sequence[int]) -> _Members:
        """Fill in the figures of the present; memory that processes share counts once."""
        members: _Members = {}
        private = shared = 0
        forks = program.name in DATASTORES
        for pid in pids:
            try:
                stat = Stat(self._kernel.read("proc", str(pid), "stat"))
                own, common = self._memory(pid)
            except (OSError, ValueError, IndexError):
                continue  # it ended since
            took = stat.user + stat.system + (stat.children if forks else 0.0)
            members[pid, stat.start] = _Member(stat.parent, took)
            program.processes += 1
            program.threads += stat.threads
            private, shared = private + own, max(shared, common)
            self._add_descriptors(program, pid)
        program.memory = private + shared
        return members

    def _memory(self, pid: int) -> tuple[int, int]:
        """Resident bytes of its own, and those of files and shared memory that it has touched."""
        fields = self._kernel.read("proc", str(pid), "statm").split()
        shared = int(fields[2]) * PAGE_BYTES
        return int(fields[1]) * PAGE_BYTES - shared, shared

    def _add_descriptors(self, program: Program, pid: int) -> None:
        if program.descriptors is None:
            return
        try:
            program.descriptors += self._kernel.descriptor_count(pid)
        except FileNotFoundError:
            return
        except PermissionError:
            program.descriptors = None  # a part of them would look like all of them


def _total(past: _Past, members: _Members, forks: bool) -> float:
    """CPU seconds of the program so far, and `past` brought up to date.

    A process may end between the readings of its parent and of itself; the sum then stands still for one look.
    """
    running = {pid for pid, _ in members}
    for key, gone in past.members.items():
        if key not in members and not (forks and gone.parent in running):
            past.ended += gone.took
    past.members = members
    past.total = max(past.total, past.ended + sum(member.took for member in members.values()))
    return past.total
