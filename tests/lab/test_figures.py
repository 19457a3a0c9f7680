"""What the lab measures once advice is applied, by the names that predictions have."""

from __future__ import annotations

import math

import pytest

from tests.builders import Load, snapshot
from tests.lab import figures


def test_what_is_measured_has_the_names_of_predictions_and_no_figure_that_is_unknown() -> None:
    found = figures.measured(snapshot(Load(elu=0.3, rps=20, block=0.3, block_every=5.0, latency=0.02)))
    assert found["loop_utilization"] == pytest.approx(0.3, abs=0.1)
    assert found["rate"] == pytest.approx(20, rel=0.1)
    assert found["loop_delay_max"] == pytest.approx(0.308, abs=0.02)
    assert found["request_time"] > 0
    assert "db_active" not in found
    assert not any(math.isnan(value) for value in found.values())
