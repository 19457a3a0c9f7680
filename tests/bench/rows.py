"""Rows as an agent and a probe bring them, for the benches of the store."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import cycle
from typing import Any, Final

from advisor.features.histogram import Histogram
from advisor.vocabulary import COLUMNS, Column, Entity

STEP: Final = 10.0
"""Seconds between two snapshots of one process."""

FILLED: Final = {Entity.PROCESS: 55, Entity.HOST: 40}
"""So many columns an agent and a probe fill together."""

_DIFFERENT: Final = 1_000
"""Sets of figures that are made; they come again and again, since making them takes longer than storing them."""


class Maker:
    """Makes rows of made-up figures, the same ones at every run: whole numbers of what is counted."""

    def __init__(self) -> None:
        chance = random.Random(1)
        self._process, self._host = (cycle(_sets(chance, entity)) for entity in (Entity.PROCESS, Entity.HOST))
        counts = [(place * 7) % 23 for place in range(40)]
        self._latency = Histogram.from_exponential(3, 0, -20, counts, 12.5, 0.001, 0.9).encode()

    def rows(self, processes: Iterable[tuple[int, int]], hosts: Iterable[int], at: float) -> Any:
        """The rows of one moment (Unix seconds): of processes, by ids of service and instance, and of hosts."""
        from advisor.store.rows import HostRow, ProcessRow, Rows  # needs Django's settings

        time_us = round(at * 1e6)
        return Rows(
            [HostRow(host, time_us, STEP, 0.0, next(self._host)) for host in hosts],
            [
                ProcessRow(service, instance, time_us, STEP, 0.0, next(self._process), self._latency)
                for service, instance in processes
            ],
        )


def _sets(chance: random.Random, entity: Entity) -> Sequence[dict[str, float]]:
    columns = [column for column in COLUMNS if column.entity is entity][: FILLED[entity]]
    return [{column.name: _figure(chance, column) for column in columns} for _ in range(_DIFFERENT)]


def _figure(chance: random.Random, column: Column) -> float:
    if column.unit == "By":
        return float(chance.randrange(1 << 30))
    return float(chance.randrange(1_000)) if column.unit.startswith("{") else chance.random()
