"""Which processes of this Linux machine are Node.js, Bun or Deno, each looked at closely once, and which run what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from advisor_agent.claims import claims_of
from advisor_agent.command import command_of, line_of
from advisor_agent.container import container_of
from advisor_agent.executable import NODE, Executables, file_name, runtime_by_name
from advisor_agent.heap_flags import HeapFlags, heap_flags_of
from advisor_agent.kernel import PAGE_BYTES, TICKS_PER_SECOND, Kernel
from advisor_agent.naming import name_of
from advisor_agent.process import Process

LOOKS_UNTIL_SETTLED = 3
"""A child shows its parent's program and environment between fork and exec, so first looks are repeated."""

LOOK_AGAIN_EVERY = 6
"""Scans between two looks at a process that was not Node.js: a shell may still exec one."""


_EXEC_SECONDS = 0.02
"""A process younger than this may still be between fork and exec, and show what its parent is."""


class Stat:
    """The fields of /proc/PID/stat that are used. Seconds and bytes, `start` in kernel ticks.

    `children` is the CPU time of those that ended, theirs included.
    """

    __slots__ = ("children", "major_faults", "minor_faults", "parent", "rss", "start", "system", "threads", "user")

    def __init__(self, text: str) -> None:
        # The name in parentheses may hold anything, so fields are counted from its last ")".
        fields = text[text.rindex(")") + 2 :].split()
        self.parent = int(fields[1])
        self.minor_faults = int(fields[7])
        self.major_faults = int(fields[9])
        self.user = int(fields[11]) / TICKS_PER_SECOND
        self.system = int(fields[12]) / TICKS_PER_SECOND
        self.children = (int(fields[13]) + int(fields[14])) / TICKS_PER_SECOND
        self.threads = int(fields[17])
        self.start = int(fields[19])
        self.rss = int(fields[21]) * PAGE_BYTES


class NodeProcess(Process):
    """A running process of Node.js, Bun or Deno. `stat` is of the last scan; only Node.js has `heap` options."""

    __slots__ = ("cgroup", "heap", "network", "stat")

    def __init__(self, pid: int, stat: Stat, created: float, program: str, version: str) -> None:
        super().__init__(pid, created, program, version)
        self.stat = stat
        self.network = ""
        self.cgroup = ""
        self.heap: HeapFlags | None = None

    @property
    def parent(self) -> int:
        """Process id of its parent, which changes when that one ends."""
        return self.stat.parent

    @property
    def executable(self) -> str:
        """The program's file name."""
        return file_name(self.program)

    @property
    def key(self) -> tuple[int, int]:
        """Tells a process from a later one with the same pid."""
        return self.pid, self.stat.start


class _Seen:
    __slots__ = ("looks", "name", "process")

    def __init__(self) -> None:
        self.looks = 0
        self.name = ""
        self.process: NodeProcess | None = None


class Processes:
    """Keeps the classification between scans, by pid and start time."""

    def __init__(self, kernel: Kernel, programs: Collection[str] = (), keeps_lines: bool = False) -> None:
        self._kernel = kernel
        self._programs = programs
        self._keeps_lines = keeps_lines
        self._executables = Executables()
        self._seen: dict[int, _Seen] = {}
        self._scans = 0
        self.count = 0
        """Processes of any kind at the last scan."""
        self.named: dict[str, list[int]] = {}
        """Pids at the last scan of each program that was asked for."""

    def scan(self) -> list[NodeProcess]:
        """Every process of a JavaScript runtime now, in the order of pids, with fresh `stat`."""
        pids = sorted(self._kernel.process_ids())
        self._scans += 1
        self.count = len(pids)
        self._seen = {pid: self._seen.get(pid) or _Seen() for pid in pids}
        self.named = {}
        for pid, seen in self._seen.items():
            self._look(pid, seen)
            if seen.name:
                self.named.setdefault(seen.name, []).append(pid)
        return self.known

    def newcomers(self, parents: Iterable[int]) -> list[NodeProcess]:
        """Node.js processes among the children of these that began since the last scan, each once.

        A look that finds none counts for nothing: a shell that begins now may still exec one.
        """
        youngest = (self._kernel.boot_age() - _EXEC_SECONDS) * TICKS_PER_SECOND
        found = []
        for pid in self._children(parents):
            seen = self._seen.get(pid) or _Seen()
            if seen.looks:
                continue
            self._look(pid, seen)
            if seen.process and seen.process.stat.start <= youngest:
                self._seen[pid] = seen
                found.append(seen.process)
        return found

    def _children(self, parents: Iterable[int]) -> list[int]:
        """Every process where a parent is gone, since another one may try again then, or where none can be asked."""
        try:
            return [pid for parent in parents for pid in self._kernel.children(parent)]
        except (FileNotFoundError, ProcessLookupError):
            return self._kernel.process_ids()

    @property
    def known(self) -> list[NodeProcess]:
        """Every Node.js process as of the last look."""
        return [seen.process for seen in self._seen.values() if seen.process]

    def _look(self, pid: int, seen: _Seen) -> None:
        try:
            seen.process = self._refreshed(pid, seen)
        except (OSError, ValueError, IndexError):
            seen.process = None  # gone, or hidden by hidepid

    def _refreshed(self, pid: int, seen: _Seen) -> NodeProcess | None:
        old = seen.process
        unsettled = seen.looks < LOOKS_UNTIL_SETTLED
        if old is None and not unsettled and (self._scans + pid) % LOOK_AGAIN_EVERY:
            return None
        seen.looks += 1
        program = self._program(pid)  # a thread of the kernel has none
        name = file_name(program).rstrip(":")  # "postgres:", where only the title of the process may be read
        seen.name = name if name in self._programs else ""
        is_same = old is not None and old.program == program
        if not is_same and not runtime_by_name(program):
            return None
        stat = Stat(self._kernel.read("proc", str(pid), "stat"))
        if old and not unsettled and old.stat.start == stat.start and is_same:
            old.stat = stat
            return old
        if old and old.stat.start != stat.start:
            seen.looks, old = 1, None
        return self._classified(pid, stat, program, old)

    def _program(self, pid: int) -> str:
        """Path of the program that a process runs."""
        try:
            return self._kernel.link("proc", str(pid), "exe")
        except PermissionError:  # another user's: the command line is open to all
            return self._kernel.read("proc", str(pid), "cmdline").split("\0")[0].split(" ")[0]

    def _classified(self, pid: int, stat: Stat, path: str, old: NodeProcess | None) -> NodeProcess | None:
        kernel, number = self._kernel, str(pid)
        found = self._executables.look(kernel.path("proc", number, "exe"), runtime_by_name(path))
        if not found.runtime:
            return None
        # The boot time moves when the clock is set; a process must keep its identity.
        created = old.created if old else kernel.boot_time() + stat.start / TICKS_PER_SECOND
        process = NodeProcess(pid, stat, created, path, found.version)
        directory = _or_empty(kernel.link, "proc", number, "cwd")
        process.network = _or_empty(kernel.link, "proc", number, "ns", "net")
        environ = _or_empty(kernel.read, "proc", number, "environ")
        cmdline = kernel.read("proc", number, "cmdline")
        process.claims = claims_of(environ)
        process.heap = heap_flags_of(environ, cmdline) if found.runtime == NODE else None
        process.command = command_of(cmdline, directory, runtime=found.runtime)
        process.command.line = line_of(cmdline) if self._keeps_lines else ""
        process.cgroup = _or_empty(kernel.read, "proc", number, "cgroup")
        mounts, status = (_or_empty(kernel.read, "proc", number, name) for name in ("mountinfo", "status"))
        process.container = container_of(process.cgroup, mounts, status)
        files = kernel.below("proc", number, "root") if process.container.id else kernel
        process.own_name = name_of(files.file, process.claims, process.command, process.cgroup, directory)
        process.name = process.own_name
        return process


def _or_empty(read: Callable[..., str], *parts: str) -> str:
    """What other users' processes do not show is missing, not an error."""
    try:
        return read(*parts)
    except OSError:
        return ""
