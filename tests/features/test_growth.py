"""growth: simulated lives of known slope, and healthy ones that a trend test would call leaks.

Each simulated life is drawn from a seed that the test's name prints.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from advisor.features import Track
from advisor.features.growth import UNKNOWN, Course, Growth, course_of, growth_of

HOUR = 3600.0
MB = 1e6
SEEDS = range(10)


@dataclass(frozen=True)
class Life:
    """A heap in bytes over hours of a day's load: what follows the load late, what fills once, what never stops."""

    hours: float = 48.0
    leak: float = 0.0
    daily: float = 60 * MB
    cache: float = 0.0
    fills: float = 6 * HOUR
    noise: float = 2 * MB
    lag: float = HOUR / 2
    teeth: float = 0.0

    def track(self, seed: int, step: float = 300.0) -> Track:
        """Its rows, as a recall gives them."""
        draw = np.random.default_rng(seed)
        times = np.arange(1.0, int(self.hours * HOUR / step) + 1) * step
        phase = draw.uniform(0, 24)
        day, late = (0.5 + 0.5 * np.sin(2 * np.pi * (t / HOUR + phase) / 24) for t in (times, times - self.lag))
        heap = 130 * MB + self.daily * late + self.leak * times / HOUR - 30 * MB * np.exp(-times / HOUR)
        heap += self.cache * (1 - np.exp(-times / self.fills)) + draw.normal(0, self.noise, times.size)
        if self.teeth:
            heap += 40 * MB * (times % (self.teeth * HOUR)) / (self.teeth * HOUR)
        requests = draw.poisson((8 + 42 * day) * step).astype(float)
        return Track(times, np.full(times.size, step), {"heap": heap, "requests": requests})


def grown(life: Life, seed: int) -> Growth:
    course = course_of(life.track(seed), "heap", ("requests",), after=3 * HOUR, smooth=HOUR)
    return growth_of(course, 3 * HOUR)


def is_leak(growth: Growth) -> bool:
    """As the rule about memory asks, but for the limit."""
    least = max(0.08 * growth.level, 20 * MB)
    return growth.pairs >= 200 and growth.rising >= 0.85 and growth.gained >= least and growth.is_steady


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("leak", [1 * MB, 3 * MB, 10 * MB, 40 * MB])
def test_a_leak_under_a_daily_load_is_found_with_its_slope(leak: float, seed: int) -> None:
    growth = grown(Life(leak=leak), seed)
    assert growth.slope == pytest.approx(leak / HOUR, rel=0.1)
    assert is_leak(growth)
    assert growth.low > 0


def test_the_interval_holds_the_slope_nearly_always() -> None:
    found = [grown(Life(hours=36, leak=3 * MB), seed) for seed in range(40)]
    held = sum(growth.low <= 3 * MB / HOUR <= growth.high for growth in found)
    assert held >= 36, f"{held} of 40 (seeds 0 to 39)"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hours", [15.0, 24.0, 72.0])
@pytest.mark.parametrize("daily", [20 * MB, 60 * MB, 200 * MB])
def test_a_heap_that_follows_the_day_is_no_leak(daily: float, hours: float, seed: int) -> None:
    assert not is_leak(grown(Life(hours=hours, daily=daily), seed))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hours", [15.0, 24.0, 48.0])
def test_a_warm_up_is_no_leak(hours: float, seed: int) -> None:
    assert not is_leak(grown(Life(hours=hours, cache=150 * MB, fills=HOUR), seed))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("fills", [6 * HOUR, 12 * HOUR, 24 * HOUR])
@pytest.mark.parametrize("hours", [15.0, 21.0, 30.0, 48.0, 72.0])
def test_a_cache_that_fills_does_not_reach_a_limit_above_it(fills: float, hours: float, seed: int) -> None:
    life = Life(hours=hours, cache=300 * MB, fills=fills)
    growth, limit = grown(life, seed), (130 + 60 + 300) * MB * 1.2
    assert not (is_leak(growth) and growth.rest >= 1.5 * (limit - growth.level))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("teeth", [1.0, 6.0, 24.0])
def test_a_saw_tooth_is_no_leak(teeth: float, seed: int) -> None:
    assert not is_leak(grown(Life(hours=72, teeth=teeth), seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_load_that_only_grows_says_nothing(seed: int) -> None:
    times = np.arange(1.0, 200.0) * 300.0
    ramp = np.linspace(10, 500, times.size)
    noise = np.random.default_rng(seed).normal(0, 1, times.size)
    track = Track(times, np.full(times.size, 300.0), {"heap": 100 + ramp + noise, "requests": ramp * 300})
    growth = growth_of(course_of(track, "heap", ("requests",), smooth=300), HOUR)
    assert growth.pairs < 200


def test_without_a_load_every_pair_counts() -> None:
    course = Course(np.arange(20.0), np.arange(20.0) * 3)
    growth = growth_of(course, apart=1.0)
    assert (growth.pairs, growth.slope, growth.rising, growth.gained) == (190, 3.0, 1.0, 57.0)
    assert growth.low == growth.high == 3.0


def test_all_loads_must_be_alike() -> None:
    steady, other = np.ones(10), np.arange(1.0, 11.0)
    assert growth_of(Course(np.arange(10.0), np.arange(10.0), (steady, other)), 1.0).pairs == 0
    assert growth_of(Course(np.arange(10.0), np.arange(10.0), (steady, steady)), 1.0).pairs == 45


@pytest.mark.parametrize(("difference", "pairs"), [(0.049, 1), (0.051, 0)])
def test_loads_are_alike_within_five_percent(difference: float, pairs: int) -> None:
    course = Course(np.array([0.0, 10.0]), np.array([1.0, 2.0]), (np.array([1 - difference, 1.0]),))
    assert growth_of(course, 5.0).pairs == pairs


def test_no_load_at_all_is_alike() -> None:
    idle = np.zeros(10)
    assert growth_of(Course(np.arange(10.0), np.arange(10.0), (idle,)), 1.0).pairs == 45


@pytest.mark.parametrize("points", [0, 1])
def test_nothing_to_compare_is_unknown(points: int) -> None:
    growth = growth_of(Course(np.arange(float(points)), np.ones(points)), 1.0)
    assert growth is UNKNOWN
    assert math.isnan(growth.slope)
    assert math.isnan(growth.time_to(10.0))
    assert not growth.is_steady


def test_too_few_points_for_an_interval_leave_it_open() -> None:
    growth = growth_of(Course(np.arange(3.0), np.arange(3.0)), 1.0)
    assert (growth.slope, growth.low, growth.high) == (1.0, -math.inf, math.inf)


def test_the_time_to_a_limit_is_room_over_slope() -> None:
    growth = Growth(2.0, 1.0, 4.0, 300, 1.0, 2.0, 2.0, 100.0, level=100.0, middle=80.0, seconds=300.0)
    assert growth.time_to(120.0) == 10.0
    assert growth.time_to(90.0) == 0.0


def test_where_it_began_is_told_at_the_load_of_its_middle() -> None:
    """The load of now is three times that of the middle, and so is the level: only what was gained is taken off."""
    times = np.arange(0.0, 100.0)
    load = np.where(times < 95, 1.0, 3.0)
    growth = growth_of(Course(times, load * (50.0 + times), (load,)), 10.0)
    assert growth.level > 400
    assert growth.began == pytest.approx(50.0, abs=3.0)


def test_a_falling_level_never_gets_there() -> None:
    falling = Growth(-2.0, -3.0, -1.0, 300, 0.0, -2.0, -2.0, 100.0, level=100.0, middle=120.0, seconds=300.0)
    assert falling.time_to(120.0) == math.inf


def test_a_bend_foretells_what_is_still_to_come() -> None:
    times = np.arange(0.0, 48 * HOUR, 300.0)
    fills = 12 * HOUR
    course = Course(times, 100.0 * (1 - np.exp(-times / fills)))
    growth = growth_of(course, HOUR)
    assert growth.rest < 20.0
    straight = growth_of(Course(times, times * 1.0), HOUR)
    assert straight.rest == math.inf or straight.rest > 1000 * straight.gained


def test_rows_before_the_process_was_warm_and_rows_without_a_figure_are_left_out() -> None:
    times = np.arange(1.0, 6.0)
    track = Track(times, np.ones(5), {"heap": np.array([9.0, 1.0, np.nan, 3.0, 4.0]), "requests": np.ones(5)})
    course = course_of(track, "heap", ("requests", "websockets"), after=1.0, smooth=1.0)
    assert course.times.tolist() == [2.0, 4.0, 5.0]
    assert course.level.tolist() == [1.0, 3.0, 4.0]
    assert len(course.loads) == 1
    assert course_of(track, "absent", (), smooth=1.0).times.size == 0


def test_the_lowest_figure_of_each_row_is_what_is_left_after_collection() -> None:
    track = Track(np.array([1.0]), np.ones(1), {"heap": np.array([5.0])}, lows={"heap": np.array([2.0])})
    assert course_of(track, "heap", (), smooth=1.0).level.tolist() == [2.0]
    assert course_of(track, "heap", (), smooth=1.0, lowest=False).level.tolist() == [5.0]


def test_loads_are_averaged_over_the_time_before() -> None:
    track = Track(np.arange(1.0, 5.0), np.ones(4), {"heap": np.ones(4), "requests": np.array([0.0, 2.0, 4.0, 6.0])})
    assert course_of(track, "heap", ("requests",), smooth=2.0).loads[0].tolist() == [0.0, 1.0, 3.0, 5.0]
