"""shortage: what keeps one process from the processor."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from advisor.features.process import Process
from advisor.features.shortage import allowed, delayed, felt, held_back, in_the_way, throttled, waited
from tests.additions import with_figures
from tests.builders import snapshot


def process(**columns: Any) -> Process:
    return with_figures(snapshot(), **columns).processes[0]


def test_each_is_read_from_its_own_columns() -> None:
    found = process(
        cgroup_periods=100.0, cgroup_throttled=40.0, cgroup_throttled_time=3.0, cgroup_cpu_limit=0.5, cpu_wait=2.5
    )
    assert throttled(found, 60) == pytest.approx(0.4)
    assert held_back(found, 60) == pytest.approx(0.3)
    assert allowed(found, 60) == 0.5
    assert waited(found, 60) == pytest.approx(0.25)


def test_without_a_quota_nothing_holds_it_back() -> None:
    assert throttled(process(), 60) == 0
    assert throttled(process(cgroup_periods=0.0, cgroup_throttled=0.0), 60) == 0
    assert math.isnan(allowed(process(), 60))
    assert math.isnan(allowed(process(cgroup_cpu_limit=0.0), 60))


def test_a_wait_is_measured_by_the_time_in_which_it_wants_to_run() -> None:
    assert delayed([process(cpu_main=2.0, cpu_wait=1.0)], 60) == pytest.approx(1 / 3)
    assert delayed([process(cpu_main=2.0, cpu_wait=0.0)], 60) == 0
    assert math.isnan(delayed([process(cpu_main=0.0, cpu_wait=0.0)], 60))
    assert math.isnan(delayed([process(cpu_main=2.0, cpu_wait=np.nan)], 60))


def test_idle_processes_do_not_decide_how_long_a_busy_one_waits() -> None:
    busy, idle = process(cpu_main=7.5, cpu_wait=2.0), process(cpu_main=0.01, cpu_wait=0.012)
    assert delayed([busy, idle, idle, idle], 60) == pytest.approx(0.21, abs=0.01)
    silent = process(cpu_main=2.0, cpu_wait=np.nan)
    assert delayed([busy, silent], 60) == delayed([busy], 60)


def test_waits_and_their_share_are_of_one_time() -> None:
    """A service that became idle: hardly a wait in the last minute, though of hardly any work; before it was busy."""
    seen = snapshot()
    latest = seen.window.instances[0].track.times > seen.now - 60
    idle = with_figures(seen, cpu_wait=np.where(latest, 0.06, 0.7), cpu_main=np.where(latest, 0.1, 6.0)).processes
    _, near = in_the_way(idle, (60, 300), 0.25, 0.05)
    assert near < 1
    starved = with_figures(seen, cpu_wait=np.where(latest, 1.0, 0.0), cpu_main=2.0).processes
    assert in_the_way(starved, (60, 300), 0.25, 0.05) == pytest.approx((1 / 3, 4 / 3), rel=0.01)
    assert all(math.isnan(one) for one in in_the_way(with_figures(seen, cpu_wait=np.nan).processes, (60,), 0.25, 0.05))


def test_of_two_times_the_worse_is_felt() -> None:
    seen = snapshot()
    latest = seen.window.instances[0].track.times > seen.now - 60
    for calm in (latest, ~latest):
        found = with_figures(seen, cpu_wait=np.where(calm, 0.0, 2.0)).processes
        assert felt(found, waited, 60, 300) == pytest.approx(0.2 if calm is not latest else 0.16, abs=0.01)
    assert math.isnan(felt(with_figures(seen, cpu_wait=np.nan).processes, waited, 60, 300))


def test_what_is_not_told_is_not_known() -> None:
    assert math.isnan(held_back(process(), 60))
    assert math.isnan(waited(process(cpu_wait=np.nan), 60))
