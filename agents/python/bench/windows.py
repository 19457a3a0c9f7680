"""The same windows for all subjects: who used how much of a core, how much memory, and how many bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import NamedTuple

from bench import proc
from bench.subject import Running

Key = tuple[str, int]
Progress = Callable[[str], None]


class Reading(NamedTuple):
    """Of one subject, at one moment: seconds of CPU and bytes so far."""

    at: float
    used: float
    bytes: int


class Summary:
    """What was measured of one subject: per cent of a core and bytes a tick by window, memory at the end."""

    def __init__(self, every: int) -> None:
        self.every = every
        self.shares: list[float] = []
        self.ticks: list[float] = []
        self.memory = proc.Memory(0, 0)

    @property
    def cpu(self) -> float:
        """Per cent of one core."""
        return median(self.shares)

    @property
    def tick_bytes(self) -> float:
        """On the wire."""
        return median(self.ticks)

    def add(self, before: Reading, after: Reading) -> None:
        """One window."""
        seconds = after.at - before.at
        self.shares.append((after.used - before.used) / seconds * 100)
        self.ticks.append((after.bytes - before.bytes) / (seconds / self.every))


def measure(running: Iterable[Running], windows: int, seconds: int, progress: Progress) -> dict[Key, Summary]:
    """Of each subject, by name and interval."""
    subjects = list(running)
    summaries = {subject.key: Summary(subject.every) for subject in subjects}
    for number in range(1, windows + 1):
        progress(f"window {number} of {windows}, {seconds} s")
        before = _readings(subjects)
        time.sleep(seconds)
        after = _readings(subjects)
        for subject in subjects:
            summaries[subject.key].add(before[subject.key], after[subject.key])
    table = proc.stats()
    for subject in subjects:
        summaries[subject.key].memory = proc.memory(proc.tree(subject.pid, table))
    return summaries


def _readings(subjects: Iterable[Running]) -> dict[Key, Reading]:
    table = proc.stats()
    return {subject.key: _reading(subject, table) for subject in subjects}


def _reading(subject: Running, table: dict[int, proc.Stat]) -> Reading:
    used = proc.used(proc.tree(subject.pid, table), table)
    return Reading(time.monotonic(), used, subject.wire.bytes if subject.wire else 0)
