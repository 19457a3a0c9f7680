"""The well-behaved are answered as usual beside those who are not; `make bench-hostile` has the figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.hostile.__main__ import Bench, Options
from tests.bench.ingest import ours

pytestmark = pytest.mark.processes

MOST = 3.0
"""Most that the median may be of the undisturbed one: twice the goal of the bench, which has a machine to itself."""


@pytest.mark.parametrize("foe", ["slow", "greedy"])
def test_the_well_behaved_are_answered_as_usual(short_folder: Path, foe: str) -> None:
    with ours.running(short_folder / "home", "sqlite", 1) as product:
        bench = Bench(product, Options(rounds=3, seconds=2.0, senders=10, only=()))
        try:
            figures = bench.compare(foe)
        finally:
            bench.close()
    assert set(figures.statuses) == {"200"}
    assert min(figures.medians) <= MOST  # what else the machine does falls on some rounds, foes on each
