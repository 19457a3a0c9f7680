"""memory-pressure by a process that takes nearly all of its control group's memory in bursts."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.diagnosis import Condition
from advisor.features import Snapshot
from tests.additions import with_figures, with_recalled
from tests.answers import option, ruled
from tests.builders import Load, service, snapshot

RULE = "memory-pressure"
GB = 1e9


def bursting(low: float, high: float, bursts: int, cached: float = 0.01, scale: float = 1.0) -> Snapshot:
    """Large answers are built for half of each of the last minutes; the group has files in its cache beside them."""
    seen = snapshot(Load(), time_scale=scale)
    ago = (seen.now - seen.window.instances[0].track.times) * scale
    held = np.where((ago % 60 < 30) & (ago >= 30) & (ago < 60 * bursts + 30), high, low) * GB
    seen = with_figures(seen, memory_rss=held, cgroup_memory_limit=GB, cgroup_memory_usage=held + cached * GB)
    return with_recalled(seen, RULE, service())


@pytest.mark.parametrize("scale", [1.0, 5.0])
@pytest.mark.parametrize(("high", "bursts", "condition"), [
    (0.97, 6, Condition.OVER), (0.97, 1, Condition.UNDER), (0.93, 9, Condition.UNDER),
])  # fmt: skip
def test_nearly_all_again_and_again_is_short_however_little_is_held_between(
    high: float, bursts: int, condition: Condition, scale: float
) -> None:
    found = ruled(RULE, bursting(0.6, high, bursts, scale=scale)).reading
    assert found.condition is condition
    assert ("nearly all in bursts" in found.claim) is (condition is Condition.OVER)


def test_more_memory_is_offered_for_it() -> None:
    assert option("vertical", RULE, bursting(0.7, 0.97, 6)).confidence >= 0.5


def test_stays_silent_for_a_cache_of_files_that_fills_the_rest() -> None:
    seen = bursting(0.4, 0.5, 9, cached=0.2)
    assert ruled(RULE, seen).reading.condition is Condition.UNDER
    full = with_figures(
        seen, cgroup_memory_usage=np.where(seen.window.instances[0].track.times % 60 < 30, 0.99, 0.6) * GB
    )
    assert ruled(RULE, full).reading.condition is not Condition.OVER
