"""`python -m tests.bench.store sqlite|postgresql [ROWS]`: snapshots a second that the store takes, as its table grows.

A part of `make bench-ingest`. 5,000 processes on 500 hosts report every ten seconds, with all columns that an agent and
a probe fill and a distribution; they are written in groups as the writer of ingest makes them, each durable before the
next begins. What makes the rows is not counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from advisor.pipeline.garbage import SHORT, search_seldom
from advisor.store.rows import Rows
from advisor.vocabulary import Entity
from tests.bench.database import connect
from tests.bench.rows import FILLED, STEP, Maker

ROWS: Final = 4_000_000
MEASURED: Final = 200_000
"""Rows that are timed before each size."""

GOALS: Final = {"sqlite": 30_000.0}
HOSTS: Final = 500
PROCESSES: Final = 10
"""Of a host, five each of two services."""


@dataclass
class Written:
    """So many rows were in so many seconds, by so much of this process's time on a core."""

    rows: int = 0
    seconds: float = 0.0
    cpu: float = 0.0


class Found(NamedTuple):
    """Snapshots a second, seconds of this process on a core for each, and bytes of the database for each."""

    rate: float
    cpu: float
    bytes: float


def main() -> int:
    """Fill a database, measure at three sizes, print, and say whether the goal holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.store")
    parser.add_argument("database", choices=("sqlite", "postgresql"))
    parser.add_argument("rows", type=int, nargs="?", default=ROWS)
    asked = parser.parse_args()
    found = _measure(asked.database, (asked.rows // 16, asked.rows // 4, asked.rows))
    sys.stdout.write(
        "| rows | snapshots/s | processor time of the writer each | bytes each |\n| --- | --- | --- | --- |\n"
    )
    for size, one in found.items():
        sys.stdout.write(f"| {size:,} | {one.rate:,.0f} | {one.cpu * 1e6:.1f} us | {one.bytes:.0f} |\n")
    goal, value = GOALS.get(asked.database), found[asked.rows].rate
    line = {
        "name": f"store_snapshots_per_second_{asked.database}_{asked.rows}_rows",
        "value": value,
        "unit": "snapshots/s",
    }
    holds = goal is None or value >= goal
    sys.stdout.write(json.dumps(line | {"goal": goal, "holds": holds}) + "\n")
    return 0 if holds else 1


def _measure(database: str, sizes: tuple[int, ...]) -> dict[int, Found]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        connect(database, Path(folder), stack)
        search_seldom(SHORT)  # as a process of ingest does
        return dict(_grow(sizes))


def _grow(sizes: tuple[int, ...]) -> Iterator[tuple[int, Found]]:
    """Each size, with what was found just before it was reached."""
    from tests.bench.ingest.database import size as bytes_of_all

    groups, done = _groups(), Written()
    for before, size in pairwise((0, *sizes)):
        _write(groups, done, max(before, size - MEASURED))
        begin = Written(done.rows, done.seconds, done.cpu)
        _write(groups, done, size)
        count, seconds = done.rows - begin.rows, done.seconds - begin.seconds
        sys.stderr.write(f"{done.rows:,} of {sizes[-1]:,} rows, {count / seconds:,.0f} a second\n")
        yield size, Found(count / seconds, (done.cpu - begin.cpu) / count, int(bytes_of_all()) / done.rows)


def _write(groups: Iterator[Any], done: Written, until: int) -> None:
    from django.db import transaction

    from advisor.store import samples

    told = done.rows
    while done.rows < until:
        rows = next(groups)
        begin, busy = time.perf_counter(), time.process_time()
        with transaction.atomic():
            samples.write(rows)
        done.seconds += time.perf_counter() - begin
        done.cpu += time.process_time() - busy
        done.rows += len(rows.hosts) + len(rows.processes)
        if done.rows - told >= MEASURED:
            told = done.rows
            sys.stderr.write(f"{told:,} rows\n")


def _groups() -> Iterator[Any]:
    """Rows of as many hosts as one transaction takes, step by step."""
    from advisor.ingest.writer import _GROUP_POINTS

    process, host = FILLED[Entity.PROCESS], FILLED[Entity.HOST]
    points = host + PROCESSES * (process + 1)
    together = -(-_GROUP_POINTS // points)
    maker, at = Maker(), time.time() - STEP * ROWS / HOSTS / (PROCESSES + 1)
    while True:
        for first in range(0, HOSTS, together):
            several = range(first, min(HOSTS, first + together))
            yield _joined(maker.rows(_on(host), [host], at + STEP * host / HOSTS) for host in several)
        at += STEP


def _on(host: int) -> Iterator[tuple[int, int]]:
    """Service and instance of each process of a host."""
    return (((host * PROCESSES + place) // 5, host * PROCESSES + place) for place in range(PROCESSES))


def _joined(several: Iterable[Rows]) -> Rows:
    rows = Rows()
    for one in several:
        rows.hosts += one.hosts
        rows.processes += one.processes
        rows.parts += one.parts
    return rows


if __name__ == "__main__":
    sys.exit(main())
