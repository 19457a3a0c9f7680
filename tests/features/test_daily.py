"""Daily: quiet and busy hours as multiples of now; a day that is not whole says nothing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from advisor.features import Snapshot
from advisor.features.daily import day_of
from advisor.features.window import Array
from tests.additions import rows, with_recalled
from tests.builders import Load, snapshot

HOURS = 24


def _seen(load: Array, scale: float = 1.0, column: str = "requests") -> Snapshot:
    """A service that did so much in each hour of the last ones, with a row each ten minutes."""
    now = snapshot(Load(), time_scale=scale)
    figures = np.repeat(load, 6) * 600.0 / scale
    track = rows(load.size * 3_600.0 / scale, 600.0 / scale, **{column: figures})
    past = replace(now.window, instances=(replace(now.window.instances[0], track=track),))
    return with_recalled(now, "some-rule", past)


def _wave(swing: float) -> Array:
    return 1 + (swing - 1) * (1 - np.cos(2 * np.pi * np.arange(HOURS) / HOURS)) / 2


@pytest.mark.parametrize("scale", [1.0, 5.0])
@pytest.mark.parametrize("column", ["requests", "loop_active"])
def test_hours_are_multiples_of_the_last(scale: float, column: str) -> None:
    found = day_of(_seen(_wave(4.0) * 30, scale, column))
    assert found is not None
    assert found.swing == pytest.approx(4.0, rel=0.02)
    assert found.busiest == pytest.approx(4.0 / _wave(4.0)[-1], rel=0.02)


def test_a_steady_load_has_no_swing() -> None:
    found = day_of(_seen(np.full(HOURS, 20.0)))
    assert found is not None
    assert found.swing == pytest.approx(1.0)


@pytest.mark.parametrize("load", [np.ones(12), np.append(np.ones(23), 0.0), np.append(np.ones(20), [math.nan] * 4)])
def test_half_a_day_says_nothing(load: Array) -> None:
    assert day_of(_seen(load)) is None


def test_without_a_past_nothing_is_said() -> None:
    assert day_of(snapshot(Load())) is None


def test_a_night_without_requests_is_an_endless_swing() -> None:
    found = day_of(_seen(np.append(np.zeros(8), np.ones(16))))
    assert found is not None
    assert math.isinf(found.swing)
