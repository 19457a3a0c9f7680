"""crowding: the formula against a simulation of shared processors, and where it says nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features.crowding import evened, stretch


def simulated(cores: int, others: int, busy: float) -> float:
    """Time that work takes among threads that want a processor a share of the time, looked at in small steps."""
    draw = np.random.default_rng(5)
    wanting = draw.random((200_000, others)) < busy
    return float(np.maximum(1.0, (wanting.sum(axis=1) + 1) / cores).mean())


@pytest.mark.parametrize(("cores", "others", "busy"), [(2, 10, 0.1), (2, 20, 0.05), (4, 30, 0.1), (8, 40, 0.15)])
def test_many_other_threads_stretch_work_as_in_a_simulation(cores: int, others: int, busy: float) -> None:
    assert stretch(cores, others * busy) == pytest.approx(simulated(cores, others, busy), rel=0.03)


def test_more_others_and_fewer_cores_stretch_it_more() -> None:
    found = [stretch(2, others) for others in (0.2, 0.6, 1.0, 1.5)]
    assert found == sorted(found)
    assert stretch(2, 1.0) > stretch(4, 1.0) > stretch(16, 8.0) > 1.0
    assert stretch(16, 8.0) < 1.02


@pytest.mark.parametrize(("cores", "others"), [(math.nan, 1.0), (2.0, math.nan), (2.0, 0.0), (2.0, -0.1)])
def test_what_is_not_known_stretches_nothing(cores: float, others: float) -> None:
    assert stretch(cores, others) == 1.0


def test_two_loops_in_place_of_one_wait_for_each_other_s_core() -> None:
    alone = evened([0.9], 2, cores=16, used=1.2)
    tight = evened([0.9], 2, cores=2, used=1.4)
    assert alone == pytest.approx(0.45, rel=0.01)
    assert 0.47 < tight < 0.55


def test_loops_that_stay_as_they_are_stay_as_busy() -> None:
    assert evened([0.4, 0.4], 2, cores=2, used=1.5) == pytest.approx(0.4, rel=1e-3)
