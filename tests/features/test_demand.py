"""demand: the work of all processes together, by the hour, whoever did it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from advisor.features import Snapshot, Track
from advisor.features.demand import NOTHING, demand, fullest, host_cpu, memory_used, quota_used
from tests.builders import snapshot
from tests.pasts import with_deploys
from tests.rules.test_overprovisioned import fleet


def past(seen: Snapshot) -> Snapshot:
    found = seen.recalled("overprovisioned")
    assert found is not None
    return found


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_work_is_the_sum_of_all_loops_near_its_peak(time_scale: float) -> None:
    found = demand(past(fleet(8, peak=0.3, time_scale=time_scale)))
    assert found.work == pytest.approx(8 * 0.3, rel=0.02)
    assert found.days == pytest.approx(14, abs=0.1)
    assert found.complete == 1.0
    assert found.measured


def test_work_stays_where_it_was_done_by_processes_that_ended() -> None:
    seen = past(fleet(4, peak=0.3))
    halves = []
    for n, one in enumerate(seen.window.instances):
        first = np.arange(one.track.times.size) < one.track.times.size // 2
        for half in (first, ~first):
            values = {name: np.where(half, figures, np.nan) for name, figures in one.track.values.items()}
            halves.append(replace(one, id=1000 + 10 * n + int(half[0]), track=replace(one.track, values=values)))
    replaced = Snapshot(replace(seen.window, instances=tuple(halves)), seen.now)
    assert demand(replaced).work == pytest.approx(demand(seen).work)


@pytest.mark.parametrize("growth", [0.9, 1.0, 1.2])
def test_growth_is_week_over_week(growth: float) -> None:
    assert demand(past(fleet(growth=growth))).growth == pytest.approx(growth, rel=0.03)


def test_processor_time_stands_for_loops_that_nobody_measures() -> None:
    seen = past(fleet(4, peak=0.3))
    instances = tuple(
        replace(one, track=replace(one.track, values={"cpu_main": one.track.values["loop_active"]}, highs={}))
        for one in seen.window.instances
    )
    found = demand(Snapshot(replace(seen.window, instances=instances), seen.now))
    assert not found.measured
    assert math.isnan(found.spikes)
    assert found.work == pytest.approx(4 * 0.3, rel=0.02)


def test_hosts_by_the_fullest() -> None:
    seen = past(fleet(cpu=0.25, memory=0.4))
    assert host_cpu(seen) == pytest.approx(0.25)
    assert memory_used(seen) == pytest.approx(0.4)


def test_nothing_is_known_of_no_past() -> None:
    assert demand(Snapshot(replace(snapshot().window, instances=()), 0.0)) == NOTHING


def test_the_quota_of_a_control_group_counts_where_there_is_one() -> None:
    group = {"cpu_user": 720.0, "cpu_system": 180.0, "cgroup_cpu_limit": 0.5}
    tracks = {str(one.id): one.track for one in past(fleet(4, group=group)).window.instances}
    assert quota_used(tracks) == pytest.approx(900 / 3600 / 0.5)
    assert math.isnan(quota_used({str(one.id): one.track for one in past(fleet(4)).window.instances}))


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_row_that_covers_no_time_says_nothing_of_a_quota() -> None:
    one = np.array([0.0, 60.0])
    track = Track(one, one, {"cpu_user": np.array([0.0, 15.0]), "cgroup_cpu_limit": np.array([0.5, 0.5])})
    assert quota_used({"1": track}) == 0.5
    empty = Track(one, one, {"used": np.zeros(2), "limit": np.zeros(2)})
    assert math.isnan(fullest({"1": empty}, "used", "limit"))


def test_processes_that_lived_for_a_part_of_an_hour_add_what_they_did() -> None:
    """Old and new ones of a deploy side by side: in fourteen hours each would count in full."""
    seen = past(fleet(4, peak=0.3))
    found = demand(with_deploys(seen))
    assert found.work == pytest.approx(demand(seen).work, rel=0.01)
    assert found.spikes == pytest.approx(demand(seen).spikes, rel=0.01)
    assert found.growth == pytest.approx(demand(seen).growth, rel=0.01)
