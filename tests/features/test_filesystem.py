"""filesystem: slopes that outliers do not move, and low points of saws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features.filesystem import HOUR, Filling, fillings, theil_sen
from tests.builders import snapshot
from tests.rules.test_disk_filling import GB, disk, grows, saw


def filling(**how: float) -> Filling:
    return Filling("web-1", "/", "bytes", **({"used": 70.0, "size": 100.0} | how))  # type: ignore[arg-type]


@pytest.mark.parametrize("noise", [0.0, 0.5, 3.0])
def test_one_wild_point_does_not_move_the_slope(noise: float) -> None:
    times = np.arange(24.0)
    levels = 5 * times + np.random.default_rng(1).normal(0, noise, 24)
    levels[7] += 1000
    slope, steady = theil_sen(times, levels)
    assert slope == pytest.approx(5, abs=max(0.3, noise / 4))
    assert steady > 0.8


def test_when_nothing_is_left() -> None:
    assert filling(slope=2.0).exhausted_in == 15.0
    assert filling(slope=0.0).exhausted_in == math.inf
    assert filling(slope=-1.0).exhausted_in == math.inf
    assert math.isnan(filling().exhausted_in)
    assert filling(used=101.0).free == 0.0


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_the_slope_is_that_of_scaled_time(time_scale: float) -> None:
    seen = disk(grows(50, 2), time_scale=time_scale, into=5)
    found = {one.what: one for one in fillings(seen, seen.recalled("disk-filling"))}
    assert found["bytes"].slope * HOUR == pytest.approx(2 * GB, rel=1e-6)
    assert found["inodes"].slope == 0.0


@pytest.mark.parametrize("trend", [0.0, 0.5])
def test_of_a_saw_only_the_trend_of_its_low_points_is_left(trend: float) -> None:
    seen = disk(saw(60, 10, 6, 3, trend=trend))
    (found, _) = fillings(seen, seen.recalled("disk-filling"))
    assert found.rotates
    assert found.slope * HOUR == pytest.approx(trend * GB, abs=0.02 * GB)


def test_without_a_past_the_level_is_there_and_no_slope() -> None:
    (found, _) = fillings(disk(grows(50, 2)), None)
    assert found.free == pytest.approx(0.5)
    assert math.isnan(found.slope)


def test_nothing_where_no_filesystem_is_told() -> None:
    assert fillings(snapshot(), None) == ()
