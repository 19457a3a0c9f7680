"""event-loop-blocked by what an OpenTelemetry SDK or prom-client tells of delays: their spread, once a minute."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from advisor.diagnosis import Condition
from advisor.features import Snapshot
from tests.additions import with_figures
from tests.answers import ruled
from tests.builders import Load, Senders, snapshot

RESOLUTION = 0.010

rule = partial(ruled, "event-loop-blocked")


def told(*blocks: float, busy: float = 0.3, jitter: float = 0.0005) -> Snapshot:
    """A loop that is held for so many seconds, once each a minute, by an SDK's figures."""
    draw = np.random.default_rng(1)
    lost = sum(blocks)
    usual = RESOLUTION + np.abs(draw.normal(0, jitter, int((60 - lost) / RESOLUTION)))
    fires = np.append(usual, np.array(blocks) + RESOLUTION / 2)
    figures: dict[str, Any] = {
        "loop_delay_max": fires.max(),
        "loop_delay_mean": fires.mean(),
        "loop_delay_p50": float(np.median(fires)),
        "loop_delay_stddev": fires.std(),
    }
    seen = snapshot(Load(elu=busy), senders=Senders(agent=False, interval=60.0))
    gone: dict[str, Any] = dict.fromkeys(("loop_blocked", "loop_active", "loop_idle"), np.nan)
    return with_figures(seen, **gone, **figures)


@pytest.mark.parametrize("blocks", [(0.13,) * 6, (0.4,) * 2, (0.25, 0.2, 0.2, 0.15)])
def test_blocks_of_little_more_than_a_hundredth_of_the_time_are_told(blocks: tuple[float, ...]) -> None:
    reading = rule(told(*blocks)).reading
    assert reading.condition is Condition.OVER
    assert reading.confidence >= 0.5


@pytest.mark.parametrize("blocks", [(0.13,), (0.13,) * 3, (0.09,) * 8, ()])
@pytest.mark.parametrize("jitter", [0.0002, 0.0005, 0.001])
def test_stays_silent_for_seldom_or_short_ones(blocks: tuple[float, ...], jitter: float) -> None:
    assert rule(told(*blocks, jitter=jitter)).reading.condition is not Condition.OVER
