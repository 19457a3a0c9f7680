"""downstream-bound: what every minute shows is told at once, what comes and goes has to stay."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pytest

from advisor.diagnosis import Condition
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Verdict
from tests.additions import with_part, with_window
from tests.builders import NOW, Load, snapshot
from tests.engine.test_settle import deployed
from tests.rules.test_downstream_bound import DB, _queueing, rule

SLOW = Load(elu=0.2, rps=40, latency=0.9, noise=0.0)
EVER = range(20)


def slow_in(minutes: Collection[int], rps: float = 40, scale: float = 1.0, slow_for: float = 0.9) -> Snapshot:
    """A service that waits for its database in these minutes, counted back from now, and is quick in all others."""
    slow, quick = (
        snapshot(replace(SLOW, rps=rps, latency=latency), name="checkout", time_scale=scale)
        for latency in (slow_for, 0.05)
    )
    track, calm = slow.processes[0].track, quick.processes[0].track
    assert np.array_equal(track.times, calm.times)
    is_slow = np.isin((NOW - track.times) * scale // 60, list(minutes))
    spent = np.where(is_slow, track.values["request_time"], calm.values["request_time"])
    latencies = {row: (track if is_slow[row] else calm).latencies[row] for row in track.latencies}
    (one,) = slow.window.instances
    mixed = replace(track, latencies=latencies, values={**track.values, "request_time": spent})
    seen = with_window(slow, instances=(replace(one, track=mixed, parts=()),))
    return with_part(seen, PartKind.DATABASE, DB, count=2 * track.values["requests"], duration=0.8 * spent)


@pytest.mark.parametrize("scale", [1.0, 10.0])
@pytest.mark.parametrize("minutes", [EVER, range(6)], ids=["ever since", "since six minutes"])
def test_what_each_of_five_minutes_shows_is_told_at_once(minutes: Collection[int], scale: float) -> None:
    found = rule(slow_in(minutes, scale=scale))
    assert (found.reading.hold, found.verdict) == (0.0, Verdict.FIRING)


def test_so_is_a_pool_that_is_too_small_before_answers_are_slow() -> None:
    assert rule(_queueing(0.3)).verdict is Verdict.FIRING


@pytest.mark.parametrize("minutes", [
    range(3), range(1, 5), (0, 1, 3, 4), (0, 2, 3, 4),
], ids=["three minutes", "over a minute ago", "a quick one amid", "another"])  # fmt: skip
def test_stays_silent_for_what_has_not_lasted_or_comes_and_goes(minutes: Collection[int]) -> None:
    found = rule(slow_in(minutes))
    assert (found.reading.condition, found.verdict) == (Condition.OVER, Verdict.PENDING)


def test_stays_silent_where_a_minute_has_too_few_requests_to_tell() -> None:
    """An answer in two seconds: three minutes have 90."""
    found = rule(slow_in(EVER, rps=0.5, slow_for=2.0))
    assert (found.reading.condition, found.verdict) == (Condition.OVER, Verdict.PENDING)


def test_stays_silent_where_a_pool_has_been_too_small_for_a_while_only() -> None:
    seen = slow_in(())
    waiting = np.where(seen.processes[0].track.times > NOW - 200, 8.0, 0.0)
    full = with_part(seen, PartKind.POOL, DB, used=10.0, capacity=10.0, pending=waiting)
    assert rule(full).verdict is Verdict.CLEAR


def test_stays_silent_while_the_figures_may_be_those_of_a_deploy() -> None:
    """Seven minutes after it the rule is asked again, but what it is asked of began with it."""
    assert rule(deployed(420.0, seen=slow_in(range(7)))).verdict is Verdict.PENDING
    assert rule(deployed(620.0, seen=slow_in(range(7)))).verdict is Verdict.FIRING
