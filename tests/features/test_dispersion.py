"""The spread of durations, from two of their quantiles."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features import Histogram
from advisor.features.dispersion import WIDEST, dispersion
from tests.builders import Load, snapshot


@pytest.mark.parametrize("sigma", [0.2, 0.5, 1.0])
def test_that_of_a_known_curve(sigma: float) -> None:
    latency = snapshot(Load(spread=sigma, rps=500)).latency(600.0)
    assert dispersion(latency) == pytest.approx(math.expm1(sigma**2), rel=0.15)


def test_equal_durations_and_none_have_none() -> None:
    assert dispersion(Histogram.merge()) == 0.0
    assert dispersion(snapshot(Load(spread=0.0)).latency(600.0)) == pytest.approx(0.0, abs=1e-3)


def test_it_is_bounded() -> None:
    assert dispersion(snapshot(Load(spread=4.0, rps=500)).latency(600.0)) == pytest.approx(WIDEST)
    assert np.isfinite(WIDEST)
