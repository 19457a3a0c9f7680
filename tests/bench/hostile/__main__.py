"""What well-behaved senders notice of slow clients, of a flood of names and of a greedy token, on both databases.

Undisturbed and disturbed seconds take turns in one run, since the machine has other things to do as well.
ROUNDS=5 of SECONDS=10 each; SENDERS=30; ONLY=postgresql-flood,sqlite-slow for some of it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import psutil

from tests.bench.hostile.foes import FOES
from tests.bench.hostile.honest import Heard, Plan
from tests.bench.ingest import ours

GOAL: Final = 1.5
"""Most that the 99th percentile may be of the undisturbed one."""

_SETTLE: Final = 2.0
"""Seconds that the foes are at it, or gone, before anything counts."""


@dataclass(frozen=True)
class Options:
    """What the environment asks for."""

    rounds: int
    seconds: float
    senders: int
    only: tuple[str, ...]

    @classmethod
    def read(cls) -> Options:
        """Of `os.environ`."""
        given = os.environ.get
        only = tuple(filter(None, given("ONLY", "").split(",")))
        return cls(int(given("ROUNDS", "5")), float(given("SECONDS", "10")), int(given("SENDERS", "30")), only)


@dataclass(frozen=True)
class Figures:
    """Seconds that answers took, alone and beside foes, and what that compares to.

    Attributes:
        alone: median and 99th percentile over all undisturbed rounds.
        beside: likewise, of the disturbed ones.
        ratio: of the 99th percentiles.
        ratios: likewise, of each disturbed round and the undisturbed one before it.
        medians: likewise, of the medians.
        statuses: what the well-behaved were answered while they were disturbed.
        foes: what the foes were answered.
        foes_cpu: of one core, what the foes took for themselves; it is missing to those who are measured.
        server_cpu: of one core, what ingest and its database took, alone and beside foes.
    """

    alone: tuple[float, float]
    beside: tuple[float, float]
    ratio: float
    ratios: list[float]
    medians: list[float]
    statuses: dict[str, int]
    foes: dict[str, int]
    foes_cpu: float
    server_cpu: tuple[float, float]


class Bench:
    """One product under test, with the well-behaved at hand."""

    def __init__(self, subject: ours.Running, options: Options) -> None:
        self._subject = subject
        self._options = options
        plan = Plan(subject.ports[0], subject.tokens[: options.senders])
        command = [sys.executable, "-m", "tests.bench.hostile.honest", json.dumps(asdict(plan))]
        self._answers = Counter[str]()
        self._honest = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._hear(_SETTLE)  # who they are has been found out from here on

    def close(self) -> None:
        """End the well-behaved."""
        assert self._honest.stdin is not None
        self._honest.stdin.close()
        self._honest.wait()

    def compare(self, foe: str) -> Figures:
        """Rounds alone and beside a foe in turns."""
        alone, beside, cpu, foes_cpu = list[Heard](), list[Heard](), [0.0, 0.0], 0.0
        self._answers.clear()
        for _ in range(self._options.rounds):
            before = self._cpu()
            alone.append(self._hear(self._options.seconds))
            cpu[0] += self._cpu() - before
            with self._foes(foe) as process:
                before, theirs = self._cpu(), _cpu(process)
                beside.append(self._hear(self._options.seconds))
                cpu[1] += self._cpu() - before
                foes_cpu += _cpu(process) - theirs
            time.sleep(_SETTLE)
        seconds = self._options.rounds * self._options.seconds
        return _figures(alone, beside, self._answers, foes_cpu / seconds, (cpu[0] / seconds, cpu[1] / seconds))

    def _hear(self, seconds: float) -> Heard:
        assert self._honest.stdin is not None
        assert self._honest.stdout is not None
        self._honest.stdin.write(f"{seconds}\n")
        self._honest.stdin.flush()
        return Heard(**json.loads(self._honest.stdout.readline()))

    @contextmanager
    def _foes(self, foe: str) -> Iterator[psutil.Process]:
        command = [sys.executable, "-m", "tests.bench.hostile.foes", foe, str(self._subject.ports[0])]
        with subprocess.Popen([*command, *self._subject.tokens[-2:]], stdout=subprocess.PIPE, text=True) as process:
            try:
                time.sleep(_SETTLE)
                yield psutil.Process(process.pid)
            finally:
                process.terminate()
                self._answers.update(json.loads(process.communicate()[0] or "{}"))

    def _cpu(self) -> float:
        trees = (psutil.Process(pid) for pid in self._subject.pids)
        return sum(_cpu(one) for root in trees for one in (root, *root.children(recursive=True)))


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _figures(
    alone: list[Heard], beside: list[Heard], answers: dict[str, int], foes: float, server: tuple[float, float]
) -> Figures:
    pairs = [(_percentiles([a]), _percentiles([b])) for a, b in zip(alone, beside, strict=True)]
    own, disturbed = _percentiles(alone), _percentiles(beside)
    statuses = sum((Counter(heard.statuses) for heard in beside), Counter[str]())
    return Figures(
        own,
        disturbed,
        disturbed[1] / own[1],
        [b[1] / a[1] for a, b in pairs],
        [b[0] / a[0] for a, b in pairs],
        dict(statuses),
        dict(answers),
        foes,
        server,
    )


def _percentiles(heard: list[Heard]) -> tuple[float, float]:
    ordered = sorted(latency for one in heard for latency in one.latencies)
    return statistics.median(ordered), ordered[len(ordered) * 99 // 100]


def measure(database: str, options: Options) -> Iterator[tuple[str, Figures]]:
    """Name and figures of each foe that is asked for, one ingest process facing them all."""
    wanted = [foe for foe in FOES if not options.only or f"{database}-{foe}" in options.only]
    if not wanted:
        return
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        ours.running(Path(folder) / "home", database, 1) as one,
    ):
        bench = Bench(one, options)
        try:
            for foe in wanted:
                yield f"{database}-{foe}", bench.compare(foe)
        finally:
            bench.close()


def main() -> int:
    """Measure, print, and say whether the goal holds."""
    holds = True
    for database in ("postgresql", "sqlite"):
        for name, figures in measure(database, Options.read()):
            line = {"name": name, "value": figures.ratio, "unit": "", "goal": GOAL, "holds": figures.ratio <= GOAL}
            sys.stdout.write(json.dumps({**line, **asdict(figures)}) + "\n")
            sys.stdout.flush()
            holds = holds and figures.ratio <= GOAL
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
