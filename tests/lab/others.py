"""Who else uses the processors while a case is played: to the product their work is a fault of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

MOST: Final = 0.10
"""Share of all processors that others may use beside a case: more changes what the product sees of the host (judgement;
a service waits for its calls only on a host that is less than 70% busy)."""

MARK: Final = "LAB_RUN"
"""What is in the environment of everything that a run starts: also what has lost its parent is its own."""

_PROC: Final = Path("/proc")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_KERNEL: Final = 2  # the parent of its threads, which work for the cases as well


class _Process(NamedTuple):
    """One process: its parent, and the seconds of processors that it has used."""

    pid: int
    parent: int
    began: str
    seconds: float


class Others:
    """What processes use that this one did not start, from its making on."""

    def __init__(self) -> None:
        os.environ[MARK] = str(os.getpid())
        self._began, self._before = time.monotonic(), used()

    def share(self) -> float:
        """Of all processors, 0 to 1; what ended meanwhile is left out."""
        spent = sum(seconds - self._before.get(key, 0.0) for key, seconds in used().items())
        return spent / ((time.monotonic() - self._began) * (os.cpu_count() or 1))


def used() -> dict[tuple[int, str], float]:
    """Seconds of processors that each process has used which is not of this run, by its pid and its start."""
    every = {one.pid: one for one in _processes()}
    ours = {os.getpid()} | {pid for pid in every if _is_marked(pid)}
    return {(one.pid, one.began): one.seconds for one in every.values() if not _is_of(one, ours, every)}


def _processes() -> Iterator[_Process]:
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            try:
                told = (folder / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just ended
            seconds = (int(told[11]) + int(told[12])) / _TICKS
            yield _Process(int(folder.name), int(told[1]), told[19], seconds)


def _is_marked(pid: int) -> bool:
    """True for what inherited the environment of this run, also once its parent has gone."""
    try:
        return f"{MARK}={os.getpid()}".encode() in (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _is_of(one: _Process | None, ours: set[int], every: dict[int, _Process]) -> bool:
    while one is not None:
        if one.pid in ours or one.pid == _KERNEL:
            return True
        one = every.get(one.parent)
    return False
