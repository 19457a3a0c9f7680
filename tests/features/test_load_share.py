"""load_share: memory that moves with requests, and memory that does not."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from advisor.features import InstanceWindow
from advisor.features.load_share import HEAP, MEMORY, ROWS, bytes_by_load, moved_by_load
from tests.additions import rows
from tests.builders import Load, snapshot

MB = 1e6
SEEDS = (1, 2, 3)


def past(count: int = 60, **columns: Any) -> InstanceWindow:
    told = {name: figures[:count] if isinstance(figures, np.ndarray) else figures for name, figures in columns.items()}
    return replace(snapshot(Load()).window.instances[0], track=rows(120 * count, 120, **told))


def rate(swing: float = 40.0, seed: int = 1, count: int = 60) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Requests of each row of 120 s, around 60 a second."""
    noise = np.random.default_rng(seed).normal(0, 1, count)
    return np.asarray(120 * (60 + swing * np.sin(np.arange(count) / 8) + noise))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("noise", [0.0, 2.0, 8.0])
def test_what_each_request_takes_is_found_beside_noise(seed: int, noise: float) -> None:
    """60 MB that stay and 1 MB for each request a second: half of the level at the mean load."""
    requests = rate(seed=seed)
    level = 60 * MB + MB * requests / 120 + noise * MB * np.random.default_rng(seed + 9).normal(0, 1, 60)
    assert moved_by_load(past(requests=requests, heap_floor=level)) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("seed", SEEDS)
def test_bytes_of_a_request_a_second_are_the_slope_of_the_level_that_moves_most(seed: int) -> None:
    requests = rate(seed=seed)
    noise = np.random.default_rng(seed + 9).normal(0, 2, 60)
    both = past(requests=requests, heap_floor=(60 + requests / 120 + noise) * MB,
                memory_rss=(200 + 3 * requests / 120 + noise) * MB)  # fmt: skip
    assert bytes_by_load(both, HEAP) == pytest.approx(1 * MB, rel=0.1)
    assert bytes_by_load(both, MEMORY) == pytest.approx(3 * MB, rel=0.1)


def test_bytes_that_no_request_takes_are_none_and_those_that_nobody_tells_are_unknown() -> None:
    requests = rate()
    still = past(requests=requests, heap_floor=200 * MB, memory_rss=MB * requests / 120)
    assert bytes_by_load(still, HEAP) == 0
    assert math.isnan(bytes_by_load(past(requests=requests, memory_rss=requests), HEAP))
    assert math.isnan(bytes_by_load(past(ROWS - 1, requests=requests, heap_floor=requests), MEMORY))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_level_that_goes_its_own_way_does_not_follow(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 5, 60)
    assert moved_by_load(past(requests=rate(seed=seed), heap_floor=(200 + noise) * MB)) == 0
    assert moved_by_load(past(requests=rate(seed=seed), heap_floor=np.linspace(50, 250, 60) * MB)) < 0.3
    assert moved_by_load(past(requests=rate(seed=seed), heap_floor=200 * MB)) == 0


def test_one_that_falls_with_the_load_does_not_either() -> None:
    requests = rate()
    assert moved_by_load(past(requests=requests, heap_floor=200 * MB - MB * requests / 120)) == 0


def test_the_level_that_follows_most_counts() -> None:
    requests = rate()
    both = past(requests=requests, heap_floor=200 * MB, memory_rss=100 * MB + 2 * MB * requests / 120)
    assert moved_by_load(both) > 0.4


def test_too_little_is_not_known() -> None:
    requests = rate()
    assert math.isnan(moved_by_load(past(ROWS - 1, requests=requests, heap_floor=requests)))
    assert math.isnan(moved_by_load(past(requests=np.full(60, 7200.0), heap_floor=rate())))
    assert math.isnan(moved_by_load(past(requests=requests)))
    assert math.isnan(moved_by_load(past(heap_floor=requests)))


def test_rows_that_cover_no_time_have_no_rate() -> None:
    told = past(requests=rate(), heap_floor=60 * MB + MB * rate() / 120)
    some = np.where(np.arange(60) % 10 == 0, 0.0, told.track.spans)
    none = np.zeros(60)
    assert moved_by_load(replace(told, track=replace(told.track, spans=some))) == pytest.approx(0.5, abs=0.06)
    assert math.isnan(moved_by_load(replace(told, track=replace(told.track, spans=none))))
