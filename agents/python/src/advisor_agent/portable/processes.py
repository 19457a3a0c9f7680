"""Which processes are Node.js, Bun or Deno, by psutil, each looked at closely once."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from advisor_agent.claims import claims_of
from advisor_agent.command import command_of, line_of
from advisor_agent.executable import Executables, runtime_by_name
from advisor_agent.naming import name_of
from advisor_agent.portable.asking import ask, ask_or
from advisor_agent.process import Key, Process
from advisor_agent.processes import LOOK_AGAIN_EVERY, LOOKS_UNTIL_SETTLED

_MOST_FILE_BYTES = 262_144
_PM2_SPELLING = {"PM_ID": "pm_id", "NAME": "name", "PM2_ENV": "pm2_env"}
"""psutil writes names of variables in capitals on Windows, where case makes no difference."""


class PsutilProcess(Process):
    """A running Node.js process; `handle` is psutil's. Its parent is that of its start."""

    __slots__ = ("_executable", "_parent", "handle")

    def __init__(self, handle: Any, parent: int, created: float, program: str, executable: str, version: str) -> None:
        super().__init__(handle.pid, created, program, version)
        self.handle = handle
        self._parent = parent
        self._executable = executable

    @property
    def parent(self) -> int:
        """Process id of its parent."""
        return self._parent

    @property
    def executable(self) -> str:
        """The program's file name."""
        return self._executable

    @property
    def key(self) -> Key:
        """Tells a process from a later one with the same pid."""
        return self.pid, self.created


class _Seen:
    __slots__ = ("looks", "process")

    def __init__(self) -> None:
        self.looks = 0
        self.process: PsutilProcess | None = None


class Processes:
    """Keeps the classification between scans, by pid and start time."""

    def __init__(self, psutil: ModuleType, paths: ModuleType = os.path, keeps_lines: bool = False) -> None:
        self._psutil = psutil
        self._paths = paths
        self._keeps_lines = keeps_lines
        self._executables = Executables()
        self._seen: dict[int, _Seen] = {}
        self._scans = 0
        self.count = 0
        """Processes of any kind at the last scan."""

    def scan(self) -> list[PsutilProcess]:
        """Every Node.js process now, in the order of pids."""
        pids = sorted(ask(self._psutil, self._psutil.pids))
        self._scans += 1
        self.count = len(pids)
        self._seen = {pid: self._seen.get(pid) or _Seen() for pid in pids}
        found = []
        for pid, seen in self._seen.items():
            try:
                seen.process = self._refreshed(pid, seen)
            except (OSError, NotImplementedError):
                seen.process = None  # gone, or not shown to us at all
            if seen.process:
                found.append(seen.process)
        return found

    def _refreshed(self, pid: int, seen: _Seen) -> PsutilProcess | None:
        old = seen.process
        is_settled = seen.looks >= LOOKS_UNTIL_SETTLED
        if is_settled and old and ask(self._psutil, old.handle.is_running):
            return old
        if is_settled and not old and (self._scans + pid) % LOOK_AGAIN_EVERY:
            return None
        handle = ask(self._psutil, self._psutil.Process, pid)
        seen.looks += 1
        program = self._program(handle)
        if not self._runtime(program):
            return None
        process = self._classified(handle, program)
        if old and process and process.key != old.key:
            seen.looks = 1
        return process

    def _program(self, handle: Any) -> str:
        """Path of the program that a process runs, or its name where the path is not told."""
        return ask_or("", self._psutil, handle.exe) or ask_or("", self._psutil, handle.name)

    def _runtime(self, program: str) -> str:
        return runtime_by_name(self._paths.normcase(program), self._paths)

    def _classified(self, handle: Any, path: str) -> PsutilProcess | None:
        found = self._executables.look(path, self._runtime(path))
        if not found.runtime:
            return None
        psutil, paths = self._psutil, self._paths
        created, parent = ask(psutil, handle.create_time), ask_or(0, psutil, handle.ppid)
        process = PsutilProcess(handle, parent, created, path, paths.basename(path), found.version)
        directory = ask_or("", psutil, handle.cwd) or ""
        process.claims = claims_of(self._environment(ask_or({}, psutil, handle.environ)))
        cmdline = "\0".join(ask_or([], psutil, handle.cmdline))
        process.command = command_of(cmdline, directory, paths, found.runtime)
        process.command.line = line_of(cmdline) if self._keeps_lines else ""
        process.own_name = name_of(_text_of, process.claims, process.command, "", directory, paths)
        process.name = process.own_name
        return process

    def _environment(self, variables: Mapping[str, str]) -> str:
        """As the kernel of Linux would show it."""
        spelling = _PM2_SPELLING if self._psutil.WINDOWS else {}
        return "\0".join(f"{spelling.get(name, name)}={value}" for name, value in variables.items())


def _text_of(path: str) -> str:
    if os.stat(path).st_size > _MOST_FILE_BYTES:
        raise OSError(errno.EFBIG, "too long", path)
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
