"""Machine: cores, and how many are to be had."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features import machine as signals
from tests.builders import Load, Machine, snapshot


def seen(machine: Machine) -> signals.Machine:
    return snapshot(machine=machine).machines[0]


def test_cpu_is_all_that_is_not_idle_and_spare_is_the_rest() -> None:
    found = seen(Machine(cores=4, cpu=0.75))
    assert found.cpu(60) == pytest.approx(0.75, abs=0.01)
    assert found.spare(60) == pytest.approx(1.0, abs=0.04)


def test_waiting_for_a_disk_leaves_a_core_free() -> None:
    found = seen(Machine(cores=2, cpu=0.5))
    found.track.values["cpu_iowait"][:] = found.track.values["cpu_idle"] / 2
    found.track.values["cpu_idle"][:] /= 2
    assert found.cpu(60) == pytest.approx(0.5, abs=0.01)


def test_a_quota_bounds_the_cores() -> None:
    found = seen(Machine(cores=8))
    found.track.values["cpu_effective"][:] = 1.5
    assert found.cores == 1.5


@pytest.mark.parametrize("told", [0.0, math.nan])
def test_without_a_quota_all_processors_count(told: float) -> None:
    found = seen(Machine(cores=8))
    found.track.values["cpu_effective"][:] = told
    assert found.cores == 8


def test_steal_throttling_and_pressure() -> None:
    found = seen(Machine(cpu=0.5, steal=0.1, throttled=0.3, pressure=0.2))
    assert found.steal(60) == pytest.approx(0.1)
    assert found.throttled(60) == pytest.approx(0.3)
    assert found.pressure(60) == pytest.approx(0.2)
    assert seen(Machine()).throttled(60) == 0.0


def test_unknown_processor_time_is_no_idle_machine() -> None:
    found = seen(Machine())
    found.track.values["cpu_idle"][:] = np.nan
    assert math.isnan(found.cpu(60))
    assert math.isnan(found.spare(60))


def test_busy_loops_of_all_services_count() -> None:
    service = snapshot(Load(elu=0.8), machine=Machine(other_loops=(0.7, 0.2, 0.51)))
    assert service.machines[0].busy_loops(60) == 3


def test_memory() -> None:
    found = seen(Machine(memory=8e9, available=2e9))
    assert (found.memory_limit(60), found.memory_available(60)) == (8e9, 2e9)
