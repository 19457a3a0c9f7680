"""delays: time lost, from the mean and the median of a delay timer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from advisor.features.delays import share_by_mean
from advisor.features.sums import Span
from advisor.features.window import Track
from tests.builders import NOW


def share(**values: Any) -> float:
    times = np.array([NOW - 10.0 * n for n in reversed(range(6))])
    columns = {name: np.broadcast_to(np.asarray(figures, float), 6).copy() for name, figures in values.items()}
    return share_by_mean(Track(times, np.full(6, 10.0), columns), Span(NOW - 60, NOW))


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
