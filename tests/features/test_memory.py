"""memory: which limit binds a process, and what remains of its heap."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features import Snapshot
from advisor.features.memory import Bound, Memory, memory_of, swaps
from tests.additions import with_figures, with_host_figures
from tests.builders import NOW, Load, Machine, Senders, snapshot

GB = 1e9


def told(seen: Snapshot) -> Memory:
    process = seen.processes[0]
    return memory_of(process, seen.machine_of(process), 600)


def test_the_machine_binds_where_there_is_no_other_limit() -> None:
    found = told(snapshot(Load(), machine=Machine(memory=8 * GB, available=2 * GB)))
    assert (found.bound, found.limit, found.used, found.share) == (Bound.HOST, 8 * GB, 6 * GB, 0.75)
    assert found.room == 2 * GB


@pytest.mark.parametrize(("limit", "bound"), [(1 * GB, Bound.GROUP), (8 * GB, Bound.HOST), (64 * GB, Bound.HOST)])
def test_the_lower_of_both_limits_binds(limit: float, bound: Bound) -> None:
    seen = with_figures(snapshot(Load()), cgroup_memory_limit=limit, cgroup_memory_usage=0.5 * GB)
    assert told(seen).bound is bound


def test_a_group_binds_without_a_host_too() -> None:
    seen = snapshot(Load(), senders=Senders(host=False))
    assert told(with_figures(seen, cgroup_memory_limit=GB, cgroup_memory_usage=0.4 * GB)).share == 0.4
    assert math.isnan(told(seen).share)


def test_without_the_groups_use_the_process_stands_for_it() -> None:
    seen = with_figures(snapshot(Load(rss=0.3 * GB)), cgroup_memory_limit=GB)
    assert told(seen).used == pytest.approx(0.3 * GB)


@pytest.mark.parametrize("limit", [0.0, math.nan])
def test_no_limit_is_unknown(limit: float) -> None:
    found = told(with_host_figures(snapshot(Load()), memory_limit=limit))
    assert math.isnan(found.share)
    assert not found.held(0.0)
    assert not found.held_now(0.0)


def test_a_level_is_held_when_all_of_the_time_was_above_it() -> None:
    seen = snapshot(Load())
    times = seen.window.hosts[0].track.times
    found = told(with_host_figures(seen, memory_available=np.where(times < NOW - 100, 4 * GB, 0.4 * GB)))
    assert found.held(0.5)
    assert not found.held(0.51)
    assert found.held_now(0.95)


def swapped(pages: float, faults: float, recently: float = 600.0) -> float:
    seen = snapshot(Load())
    host = seen.window.hosts[0].track
    rates = np.where(host.times > NOW - recently, pages * host.spans, 0.0)
    process = with_figures(with_host_figures(seen, swapped_in=rates), faults_major=faults)
    return swaps(process.processes[0], process.machines[0], 600)


def test_swapping_counts_when_it_goes_on_and_this_process_waits() -> None:
    assert swapped(50, 10) == pytest.approx(50)
    assert swapped(50, 10, recently=300) == 0.0
    assert swapped(50, 0) == 0.0


def test_swapping_that_nobody_reports_is_unknown() -> None:
    seen = snapshot(Load())
    assert math.isnan(swaps(seen.processes[0], seen.machines[0], 600))
