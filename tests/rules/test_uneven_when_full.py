"""uneven-load where the hottest loop is full, so that the figures cannot show how uneven the load is."""

from __future__ import annotations

import pytest

from advisor.diagnosis import Condition
from advisor.engine import judge
from tests.answers import ruled
from tests.builders import Load, snapshot
from tests.rules.test_uneven_load import RULE, condition


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("cooler", [(0.62,), (0.6, 0.66)])
def test_one_that_is_full_while_the_others_have_room_need_not_be_so_far_apart(
    seed: int, cooler: tuple[float, ...]
) -> None:
    """Two copies can hardly be 1.3 times their mean apart: 95% and 62% are 1.21 times, and all of them are not full."""
    hot = Load(elu=0.95, rps=95, latency=0.05)
    seen = snapshot(hot, *[Load(elu=elu, rps=100 * elu, latency=0.01) for elu in cooler], seed=seed)
    ruling = ruled(RULE, seen)
    assert ruling.reading.condition is Condition.OVER
    assert ruling.reading.confidence >= 0.6
    assert not [r for r in judge(seen, {}).advice if r.ruling.rule != RULE]


@pytest.mark.parametrize(
    ("hot", "cool"),
    [(Load(elu=0.95, rps=95), 0.62), (Load(elu=0.85, rps=85, latency=0.05), 0.55),
     (Load(elu=0.92, rps=92, latency=0.05), 0.7)],
)  # fmt: skip
def test_stays_silent_for_one_that_nobody_waits_for_or_that_has_room_as_the_others(hot: Load, cool: float) -> None:
    assert condition(snapshot(hot, Load(elu=cool, rps=100 * cool))) is not Condition.OVER
