"""delays: time lost, from the mean and the median of a delay timer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from advisor.features.delays import share_by_mean, share_by_spread
from advisor.features.sums import Span
from advisor.features.window import Array, Track
from tests.builders import NOW


def track(**values: Any) -> Track:
    times = np.array([NOW - 10.0 * n for n in reversed(range(6))])
    columns = {name: np.broadcast_to(np.asarray(figures, float), 6).copy() for name, figures in values.items()}
    return Track(times, np.full(6, 10.0), columns)


def share(**values: Any) -> float:
    return share_by_mean(track(**values), Span(NOW - 60, NOW))


def by_spread(fires: Array, resolution: float) -> float:
    """From what a timer that fired so tells of each row."""
    told = track(loop_delay_stddev=fires.std(), loop_delay_mean=fires.mean(), loop_delay_max=fires.max())
    return share_by_spread(told, Span(NOW - 60, NOW), resolution)


@pytest.mark.parametrize("resolution", [0.010, 0.020])
@pytest.mark.parametrize(("block", "every"), [(0.3, 4.0), (0.2, 2.0), (0.5, 30.0)])
def test_it_is_about_the_share_of_what_a_timer_would_measure(resolution: float, block: float, every: float) -> None:
    usual = resolution + 0.0001
    fires = np.append(np.full(int((every - block) / usual), usual), block + resolution / 2)
    found = share(loop_delay_mean=fires.mean(), loop_delay_p50=np.median(fires))
    assert block / every - 0.02 <= found <= block / every


def test_an_idle_loop_loses_nothing() -> None:
    # Of a real page of prom-client 15: tests/recordings/prom.
    assert share(loop_delay_mean=0.010175994153344208, loop_delay_p50=0.010100735) == 0


def test_without_both_figures_it_cannot_be_told() -> None:
    assert math.isnan(share(loop_delay_mean=0.011))
    assert math.isnan(share(loop_delay_p50=0.011))
    assert math.isnan(share(loop_delay_mean=np.nan, loop_delay_p50=np.nan))


@pytest.mark.parametrize("resolution", [0.010, 0.020])
@pytest.mark.parametrize("blocks", [(0.13,) * 6, (0.4,) * 3, (0.1, 0.3) * 2, (0.2,)])
@pytest.mark.parametrize("jitter", [0.0001, 0.001])
def test_the_spread_tells_few_blocks_of_a_minute_and_never_more_than_there_were(
    blocks: tuple[float, ...], jitter: float, resolution: float
) -> None:
    lost, draw = sum(blocks), np.random.default_rng(1)
    usual = resolution + np.abs(draw.normal(0, jitter, int((60 - lost) / resolution)))
    fires = np.append(usual, np.array(blocks) + resolution / 2)
    slack = jitter**2 / (resolution * max(blocks))
    assert 0.7 * lost / 60 <= by_spread(fires, resolution) <= lost / 60 + slack


@pytest.mark.parametrize("jitter", [0.0003, 0.002, 0.005])
def test_jitter_alone_is_no_block(jitter: float) -> None:
    assert by_spread(0.010 + np.abs(np.random.default_rng(1).normal(0, jitter, 6000)), 0.010) == 0


def test_without_the_spread_it_cannot_be_told() -> None:
    assert math.isnan(share_by_spread(track(loop_delay_mean=0.01, loop_delay_max=0.3), Span(NOW - 60, NOW), 0.01))
