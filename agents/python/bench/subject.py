"""What is measured: ours or a peer, at one interval, as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bench import proc
from bench.wires import Wire

_LEAVE_SECONDS = 10.0


class Place(NamedTuple):
    """Where a subject runs: a folder of its own, seconds between two looks, and the peers' Python."""

    folder: Path
    every: int
    python: Path

    def write(self, name: str, text: str) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


class Launch(NamedTuple):
    """How to start it, and where its figures go; without a wire they stay with it."""

    command: list[str]
    wire: Wire | None = None
    environment: dict[str, str] = {}  # never changed


class Subject(NamedTuple):
    """`missing` says in words what has to be installed, or nothing; `is_fixed` is set where it looks each second."""

    name: str
    covers: str
    missing: Callable[[Path], str]
    launch: Callable[[Place], Launch]
    is_fixed: bool = False


class Running:
    """A subject at work. `key` tells it from the same at another interval."""

    def __init__(self, subject: Subject, place: Place) -> None:
        self.subject = subject
        self.every = place.every
        self.key = (subject.name, place.every)
        place.folder.mkdir(parents=True)
        launch = subject.launch(place)
        self.wire = launch.wire
        self.log = place.folder / "log"
        environment = {"PATH": f"{os.environ['PATH']}:/usr/sbin", "HOME": str(place.folder), "LANG": "C.UTF-8"}
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                launch.command,
                env={**environment, **launch.environment},
                cwd=place.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.pid = self._process.pid

    @property
    def trouble(self) -> str:
        """Why its figures are worth nothing, or nothing."""
        if self._process.poll() is not None:
            return f"it has ended: {self._last_words()}"
        if self.wire and not self.wire.messages:
            return f"nothing came from it: {self._last_words()}"
        return ""

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def stop(self) -> None:
        """End it and what it started."""
        pids = proc.tree(self.pid, proc.stats()) if self._process.poll() is None else []
        with suppress(ProcessLookupError):
            self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_LEAVE_SECONDS)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        if self.wire:
            self.wire.close()


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def needs_program(path: str, package: str) -> Callable[[Path], str]:
    """Says which Debian package is missing."""
    return lambda python: "" if os.access(path, os.X_OK) else f"apt install {package}"


def needs_module(name: str) -> Callable[[Path], str]:
    """Says that the peers' Python lacks a module."""

    def missing(python: Path) -> str:
        look = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({name!r}) is None)"
        is_there = python.exists() and subprocess.run([python, "-c", look], check=False).returncode == 0
        return "" if is_there else "pip install -r agents/python/bench/requirements.txt (make bench-agent does)"

    return missing


def interpreter() -> str:
    """The Python below any environment, so that no other package weighs on the agent."""
    return os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)
