"""uneven-load by the agent alone: nobody counts requests, and connections from outside say who gets more."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from advisor.diagnosis import Condition
from advisor.features import Snapshot
from advisor.vocabulary import Severity
from tests.additions import with_figures
from tests.answers import option, ruled
from tests.builders import Load, Senders, snapshot

ALONE = Senders(probe=False)
rule = partial(ruled, "uneven-load")


def of(*processes: tuple[float, float], time_scale: float = 1.0, seed: int = 1) -> Snapshot:
    """Processes with this CPU time a second, and so many connections each."""
    loads = [Load(elu=cpu, cpu=cpu) for cpu, _ in processes]
    seen = snapshot(*loads, senders=ALONE, time_scale=time_scale, seed=seed)
    for place, (_, held) in enumerate(processes):
        seen = with_figures(seen, place, connections=held)
    return seen


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_that_holds_most_connections_and_is_hot_is_told(time_scale: float, seed: int) -> None:
    seen = of((0.75, 8), (0.06, 1), (0.06, 1), time_scale=time_scale, seed=seed)
    reading = rule(seen).reading
    assert (reading.condition, reading.severity) == (Condition.OVER, Severity.WARNING)
    assert reading.claim == (
        "shop: 1 of 3 processes is 75% busy while the others are 6% busy, because it gets 8 times as many connections"
    )
    assert 0.5 <= reading.confidence <= 0.75
    assert option("rebalance", "uneven-load", seen).title == "Share the requests of 3 processes out evenly"


@pytest.mark.parametrize("others", [(0.06, 8.0), (0.06, 6.0), (0.3, 6.0)])
def test_where_connections_do_not_say_why_nobody_can_say(others: tuple[float, float]) -> None:
    """A leader with jobs of its own, or one customer whose requests are dear."""
    reading = rule(of((0.75, 8), others, others)).reading
    assert reading.condition is Condition.UNKNOWN
    assert "Requests answered" in reading.missing[0]


@pytest.mark.parametrize("processes", [
    ((0.75, 9), (0.7, 8), (0.72, 8)),  # even
    ((0.62, 3), (0.6, 12), (0.6, 1)),  # connections differ, and the work does not
])  # fmt: skip
def test_stays_silent_for_even_work(processes: tuple[tuple[float, float], ...]) -> None:
    assert rule(of(*processes)).reading.condition is Condition.UNDER


def test_a_release_that_stands_by_is_not_compared() -> None:
    green, blue = Load(elu=0.65, cpu=0.65, age=3600), Load(elu=0.0, cpu=0.0, age=86_400)
    seen = snapshot(green, green, blue, blue, senders=ALONE)
    for place, held in enumerate((5.0, 6.0, 0.0, 0.0)):
        seen = with_figures(seen, place, connections=held)
    assert rule(seen).reading.condition is Condition.UNDER


def test_stays_silent_where_the_hot_one_has_room() -> None:
    assert rule(of((0.4, 8), (0.04, 1), (0.04, 1))).reading.condition is Condition.BETWEEN


def test_without_connections_nobody_can_say() -> None:
    seen = with_figures(snapshot(Load(cpu=0.7), Load(cpu=0.1), senders=ALONE), connections=np.nan)
    assert rule(seen).reading.condition is Condition.UNKNOWN
