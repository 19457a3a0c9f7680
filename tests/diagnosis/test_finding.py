"""finding: evidence holds figures that can be stored."""

from __future__ import annotations

import math

import pytest

from advisor.diagnosis.finding import finite


@pytest.mark.parametrize(("value", "kept"), [(0.5, 0.5), (0.0, 0.0), (math.nan, None), (math.inf, None)])
def test_only_finite_figures_are_kept(value: float, kept: float | None) -> None:
    assert finite(value) == kept
