"""crowding: the formula against a simulation of shared processors, and where it says nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features.crowding import _idle, evened, in_turn, stretch


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


@pytest.mark.parametrize(("cores", "others"), [(1, 0.7), (1.5, 0.7), (2.7, 2.0), (0.5, 0.2), (8, 11.0), (64, 60.0)])
def test_it_is_the_mean_over_all_numbers_of_others(cores: float, others: float) -> None:
    chances = [math.exp(k * math.log(others) - others - math.lgamma(k + 1)) for k in range(200)]
    for threads in (1, 2, 5):
        slowed = sum(chance * max(1.0, (k + threads) / cores) for k, chance in enumerate(chances))
        idle = [*_idle(cores, others), *[0.0] * 5][threads - 1]
        assert (others + threads + idle) / cores == pytest.approx(slowed)


def test_machines_of_a_thousand_processors_are_no_exception() -> None:
    assert stretch(1000, 800) == pytest.approx(1.0)
    assert stretch(1000, 1200) == pytest.approx(1.201)
    assert in_turn(900, 1000, 100, 800) == pytest.approx(1 / 9, rel=1e-4)


def busy_in_turn(copies: int, cores: int, work: float) -> float:
    """How busy copies are that share processors and get requests of one size in turn, moment by moment."""
    draw = np.random.default_rng(7)
    step, count = 0.02, 150_000
    arrived = draw.random(count) < work * step
    left = [0.0] * copies
    turn = 0
    busy = 0
    for at in arrived.tolist():
        if at:
            left[turn % copies] += 1.0
            turn += 1
        wanting = [place for place, rest in enumerate(left) if rest > 0]
        busy += len(wanting)
        for place in wanting:
            left[place] = max(0.0, left[place] - step * min(1.0, cores / len(wanting)))
    return busy / count / copies


@pytest.mark.parametrize(("copies", "cores", "work"), [(3, 2, 0.9), (4, 2, 1.2), (2, 2, 1.2), (6, 4, 2.4)])
def test_copies_in_turn_wait_for_each_other_as_in_a_simulation(copies: int, cores: int, work: float) -> None:
    assert in_turn(copies, cores, work, 0.0) == pytest.approx(busy_in_turn(copies, cores, work), rel=0.08)


def test_copies_in_turn_meet_more_often_than_by_chance() -> None:
    by_chance = 0.3 * stretch(2, 0.6)
    assert 1.05 * by_chance < in_turn(3, 2, 0.9, 0.0)
    assert in_turn(2, 2, 0.9, 0.0) == pytest.approx(0.45)
    assert in_turn(3, 2, 0.9, 0.0) < in_turn(3, 2, 0.9, 0.4)


def test_copies_that_cannot_carry_the_work_are_said_to_be_over_full() -> None:
    assert in_turn(2, 4, 2.4, 0.0) == pytest.approx(1.2)
    assert in_turn(4, 2, 2.4, 0.0) == pytest.approx(1.2)
    assert in_turn(3, 2, 0.0, 0.5) == 0.0


def test_what_an_even_share_makes_of_uneven_copies_lies_near_what_a_lab_measured() -> None:
    """Copies at 0.65, 0.13 and 0.15 on two cores of which 1.0 is used: 0.38 each once requests came in turn."""
    assert evened([0.65, 0.13, 0.15], 3, cores=2, used=1.0) == pytest.approx(0.38, rel=0.1)


def test_busy_time_that_needs_no_processor_is_shared_out_as_it_is() -> None:
    assert evened([0.8, 0.2], 2, cores=2, used=0.1) == pytest.approx(0.5, abs=0.01)


def test_each_of_several_machines_holds_its_part_of_the_copies() -> None:
    apart = evened([0.5] * 4, 6, cores=2, used=1.6, machines=2)
    assert apart == pytest.approx(evened([0.5] * 2, 3, cores=2, used=1.6))


def test_two_loops_in_place_of_one_wait_for_each_other_s_core() -> None:
    alone = evened([0.9], 2, cores=16, used=1.2)
    tight = evened([0.9], 2, cores=2, used=1.4)
    assert alone == pytest.approx(0.45, rel=0.01)
    assert 0.47 < tight < 0.55


def test_loops_that_stay_as_they_are_stay_as_busy() -> None:
    assert evened([0.4, 0.4], 2, cores=2, used=1.5) == pytest.approx(0.4, rel=1e-3)
