"""control_groups: which processes draw on one quota, and what it leaves them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features import Snapshot, control_groups
from tests.additions import in_containers, in_one_container, with_figures
from tests.builders import Load, Machine, Senders, snapshot

ROOMY = Machine(cores=8, cpu=0.2)


def _pods(count: int = 3, time_scale: float = 1.0) -> Snapshot:
    loads = [Load(elu=0.4, cpu=0.4, noise=0.0)] * count
    return in_containers(snapshot(*loads, machine=ROOMY, time_scale=time_scale), 0.5, *[0.1] * count)


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_containers_are_told_apart_by_what_held_them_back(time_scale: float) -> None:
    found = control_groups.every(_pods(time_scale=time_scale))
    assert [len(group.processes) for group in found] == [1, 1, 1]
    assert [group.used(60.0) for group in found] == pytest.approx([0.4] * 3, rel=0.1)


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_workers_of_one_container_are_one_group(time_scale: float) -> None:
    plain = snapshot(*[Load(elu=0.4, cpu=0.4)] * 3, machine=ROOMY, time_scale=time_scale)
    (group,) = control_groups.every(in_one_container(plain, 2.0, 0.1))
    assert (len(group.processes), group.quota) == (3, 2.0)
    assert group.used(60.0) == pytest.approx(1.2)


def test_a_worker_that_began_later_is_still_one_of_them() -> None:
    plain = snapshot(Load(), Load(age=300.0), machine=ROOMY)
    assert len(control_groups.every(in_one_container(plain, 2.0, 0.1))) == 1


def test_memory_tells_containers_apart_that_nothing_holds_back() -> None:
    idle = in_one_container(snapshot(Load(), Load(), machine=ROOMY), 2.0, 0.0)
    apart = with_figures(with_figures(idle, 0, cgroup_memory_usage=80e6), 1, cgroup_memory_usage=90e6)
    assert len(control_groups.every(apart)) == 2
    assert len(control_groups.every(idle)) == 1


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_mates_are_told_by_what_their_group_uses_with_or_without_a_quota(time_scale: float) -> None:
    seen = with_figures(snapshot(Load(), Load(), Load(age=300.0), machine=ROOMY, time_scale=time_scale),
                        cgroup_memory_limit=1e9, cgroup_memory_usage=0.9e9)  # fmt: skip
    apart = with_figures(seen, 1, cgroup_memory_usage=0.8e9)
    assert len(control_groups.mates(seen, seen.processes[0])) == 3
    assert [len(control_groups.mates(apart, process)) for process in apart.processes] == [2, 1, 2]


def test_nobody_is_a_mate_where_no_use_is_told_or_on_another_machine() -> None:
    untold = with_figures(snapshot(Load(), Load()), cgroup_memory_limit=1e9)
    assert control_groups.mates(untold, untold.processes[0]) == (untold.processes[0],)
    apart = with_figures(snapshot(Load(), hosts=2), cgroup_memory_limit=1e9, cgroup_memory_usage=0.9e9)
    assert len(control_groups.mates(apart, apart.processes[0])) == 1


def test_without_a_quota_all_share_the_machine() -> None:
    (group,) = control_groups.every(snapshot(Load(), Load(), machine=ROOMY))
    assert math.isnan(group.quota)
    assert not group.is_bound
    assert (group.cores, group.throttled(60.0)) == (8, 0.0)
    assert group.spare(300.0) == group.machine.spare(300.0)


def test_a_quota_bounds_cores_and_what_is_idle_of_them() -> None:
    seen = with_figures(snapshot(Load(cpu=0.9), machine=ROOMY), cgroup_cpu_limit=1.0)
    (group,) = control_groups.every(seen)
    assert (group.is_bound, group.cores) == (True, 1.0)
    assert group.spare(300.0) == pytest.approx(0.1)
    assert group.machine.spare(300.0) == pytest.approx(6.4, abs=0.1)


def test_a_quota_above_the_machine_bounds_nothing() -> None:
    (group,) = control_groups.every(with_figures(snapshot(machine=Machine(cores=2)), cgroup_cpu_limit=4.0))
    assert (group.is_bound, group.cores) == (False, 2.0)


def test_a_full_machine_bounds_what_a_quota_leaves() -> None:
    (group,) = control_groups.every(with_figures(snapshot(machine=Machine(cores=8, cpu=0.99)), cgroup_cpu_limit=4.0))
    assert group.spare(300.0) == pytest.approx(0.08, abs=0.04)


def test_the_tightest_of_several_machines_is_found() -> None:
    seen = snapshot(Load(cpu=0.3), machine=ROOMY, hosts=2)
    found = control_groups.tightest(with_figures(seen, 1, cgroup_cpu_limit=1.0), 300.0)
    assert found is not None
    assert found.machine.name == "web-2"


def test_cores_without_a_busy_loop_are_those_of_the_quota() -> None:
    loads = [Load(elu=0.9), Load(elu=0.9), Load(elu=0.1)]
    plain = snapshot(*loads, machine=Machine(cores=8, cpu=0.4, other_loops=(0.9,)))
    (free,), (bound,) = (control_groups.every(seen) for seen in (plain, with_figures(plain, cgroup_cpu_limit=3.0)))
    assert control_groups.without_loop(plain, free, 60.0) == 5
    assert control_groups.without_loop(plain, bound, 60.0) == 1


def test_a_process_is_found_in_its_group() -> None:
    seen = _pods()
    for process in seen.processes:
        group = control_groups.of(seen, process)
        assert group is not None
        assert [one.instance.id for one in group.processes] == [process.instance.id]


def test_without_the_machine_nothing_is_known() -> None:
    seen = snapshot(senders=Senders(host=False))
    assert control_groups.every(seen) == ()
    assert control_groups.of(seen, seen.processes[0]) is None
    assert control_groups.tightest(seen, 300.0) is None


def test_unknown_processor_time_makes_nothing_tight() -> None:
    seen = snapshot()
    seen.window.hosts[0].track.values["cpu_idle"][:] = np.nan
    assert control_groups.tightest(seen, 300.0) is None


@pytest.mark.parametrize(("quota", "filled"), [(3.0, True), (2.9, False), (4.0, False), (math.nan, False)])
def test_loops_fill_a_quota_that_leaves_each_a_core(quota: float, filled: bool) -> None:
    full = snapshot(*[Load(elu=0.95, cpu=0.9)] * 3, machine=ROOMY)
    groups = control_groups.every(in_one_container(full, quota, 0.3))
    assert [group.is_filled_by_loops(60.0, 0.8) for group in groups] == [filled] * len(groups)


def test_loops_whose_threads_nobody_tells_apart_fill_no_quota() -> None:
    full = in_one_container(snapshot(Load(elu=0.95, cpu=0.9), machine=ROOMY), 1.0, 0.3)
    (group,) = control_groups.every(with_figures(full, cpu_main=np.nan))
    assert not group.is_filled_by_loops(60.0, 0.8)
