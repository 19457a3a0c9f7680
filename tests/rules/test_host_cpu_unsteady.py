"""host-cpu-saturated: a host whose use goes up and down around a mean that leaves nothing."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from advisor.diagnosis import Condition, RuleState
from advisor.features import Snapshot
from advisor.vocabulary import Verdict
from tests.additions import with_host_figures
from tests.answers import ruled
from tests.builders import NOW, Load, Machine, snapshot

rule = partial(ruled, "host-cpu-saturated")


def _host(before: float, now: float, ago: float) -> Snapshot:
    """A host without figures of pressure that was so busy until some seconds ago, and a service that it starves."""
    seen = snapshot(Load(elu=0.99, cpu=0.47), machine=Machine(cores=2, pressure=None))
    track = seen.machines[0].track
    busy, whole = np.where(track.times > NOW - ago, now, before), 2 * track.spans
    return with_host_figures(seen, cpu_user=busy * whole, cpu_system=0.0, cpu_idle=(1 - busy) * whole)


@pytest.mark.parametrize(("before", "now", "ago", "condition"), [
    (0.95, 0.85, 60, Condition.OVER),
    (0.97, 0.75, 60, Condition.OVER),
    (0.97, 0.75, 120, Condition.UNDER),
    (0.87, 0.85, 60, Condition.BETWEEN),
    (0.50, 0.85, 120, Condition.BETWEEN),
    (0.50, 0.95, 60, Condition.OVER),
])  # fmt: skip
def test_one_calmer_minute_of_a_full_host_is_no_relief(
    before: float, now: float, ago: float, condition: Condition
) -> None:
    assert rule(_host(before, now, ago)).reading.condition is condition


def _after(minutes: float, cpu: float) -> Verdict:
    """The verdict on a host that was so busy for these minutes, by looks each 30 seconds, and starved a service."""
    seen = snapshot(Load(elu=0.99, cpu=0.47), machine=Machine(cores=2, cpu=cpu, pressure=0.5))
    state, begin = RuleState(), NOW - 60 * minutes
    for now in np.arange(begin + 60, NOW + 1, 30.0):
        state = rule(Snapshot(seen.window, float(now)), state).state
    return state.verdict


@pytest.mark.parametrize(("minutes", "cpu", "verdict"), [
    (5, 0.99, Verdict.FIRING), (4, 0.99, Verdict.PENDING), (9, 0.92, Verdict.PENDING), (10, 0.92, Verdict.FIRING),
])  # fmt: skip
def test_what_leaves_nothing_takes_half_the_time_to_prove_itself(minutes: float, cpu: float, verdict: Verdict) -> None:
    assert _after(minutes, cpu) is verdict
