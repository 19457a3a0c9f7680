"""Sizes: rounded up to what can be bought, with room for a peak."""

from __future__ import annotations

import pytest

from advisor.diagnosis.sizes import (
    GIB,
    memory_expectation,
    memory_for,
    misses_expectation,
    tightest_memory,
    volume_expectation,
    volume_for,
)
from advisor.features.filesystem import Filling
from tests.additions import with_figures
from tests.builders import Load, Machine, Senders, snapshot


@pytest.mark.parametrize(("used", "gib"), [(7.0, 11.0), (4.0, 7.0), (0.45, 0.75), (0.2, 0.3125)])
def test_memory_grows_until_a_peak_leaves_no_pressure(used: float, gib: float) -> None:
    found = memory_for(used * GIB)
    assert found == gib * GIB
    assert used * 1.15 * GIB / found <= 0.75


@pytest.mark.parametrize(("used", "wanted"), [(45e9, 80e9), (60e9, 100e9), (1e9, 10e9)])
def test_a_volume_grows_until_two_fifths_are_free(used: float, wanted: float) -> None:
    assert volume_for(used) == wanted


def test_effects_are_ranges_below_now() -> None:
    memory = memory_expectation(7e9, 8e9, 12e9)
    volume = volume_expectation(Filling("web-1", "/data", "bytes", 45e9, 50e9), 80e9)
    misses = misses_expectation(900.0, 100e9, 10e9, 55e9)
    for found in (memory, volume, misses):
        assert found.now is not None
        assert found.low is not None
        assert found.high is not None
        assert found.low < found.high < found.now
    assert misses.high == 450.0


def test_what_fits_wholly_is_read_no_more() -> None:
    assert misses_expectation(900.0, 100e9, 10e9, 128e9).high == 0.0


def test_a_tight_container_comes_before_a_roomy_machine() -> None:
    seen = with_figures(snapshot(Load(rss=90e6)), cgroup_memory_limit=100e6)
    found = tightest_memory(seen)
    assert found is not None
    assert (found.machine, found.used, found.limit) == ("", 90e6, 100e6)


def test_a_container_holds_what_all_of_its_processes_use() -> None:
    """Four workers at 24% each, and what the kernel keeps for them."""
    seen = with_figures(snapshot(*[Load(rss=240e6)] * 4), cgroup_memory_limit=1e9, cgroup_memory_usage=0.97e9)
    found = tightest_memory(seen)
    assert found is not None
    assert found.machine == ""
    assert found.share == pytest.approx(0.97)


def test_a_full_machine_is_not_what_binds_processes_of_a_roomy_container() -> None:
    full = snapshot(Load(rss=90e6), machine=Machine(memory=8e9, available=0.4e9))
    found = tightest_memory(with_figures(full, cgroup_memory_limit=1e9, cgroup_memory_usage=0.4e9))
    assert found is not None
    assert found.machine == ""
    assert found.share == pytest.approx(0.4)


def test_a_limit_above_the_machine_is_none() -> None:
    full = snapshot(Load(rss=90e6), machine=Machine(memory=8e9, available=1e9))
    found = tightest_memory(with_figures(full, cgroup_memory_limit=64e9, cgroup_memory_usage=0.1e9))
    assert found is not None
    assert (found.machine, found.used, found.limit) == ("web-1", 7e9, 8e9)


def test_the_fullest_of_several_counts() -> None:
    seen = with_figures(snapshot(Load(), Load()), cgroup_memory_limit=1e9, cgroup_memory_usage=0.3e9)
    found = tightest_memory(with_figures(seen, 1, cgroup_memory_usage=0.9e9))
    assert found is not None
    assert found.share == pytest.approx(0.9)


def test_without_a_limit_the_machine_counts() -> None:
    found = tightest_memory(snapshot(Load(rss=90e6), machine=Machine(memory=8e9, available=1e9)))
    assert found is not None
    assert (found.machine, found.used) == ("web-1", 7e9)


def test_what_nobody_tells_is_not_short() -> None:
    assert tightest_memory(snapshot(senders=Senders(host=False))) is None
