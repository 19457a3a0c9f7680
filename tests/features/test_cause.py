"""cause: work, waiting or garbage collection."""

from __future__ import annotations

import pytest

from advisor.features.cause import Cause, cause_of_blocks
from tests.builders import Load, Machine, snapshot


@pytest.mark.parametrize(
    ("load", "cause"),
    [
        (Load(elu=0.08, cpu=0.075, block=0.3), Cause.WORK),
        (Load(elu=0.08, cpu=0.05, block=0.3), Cause.WORK),
        (Load(elu=0.08, cpu=0.03, block=0.3), Cause.WAITING),
        (Load(elu=0.7, cpu=0.4, block=0.3), Cause.WAITING),
        (Load(elu=0.5, block=0.3, gc_pause=0.2), Cause.COLLECTION),
        (Load(elu=0.5, block=0.3, gc_pause=0.1), Cause.WORK),
        (Load(elu=0.0, rps=0.0, gc_pause=0.0), Cause.WORK),
    ],
)
def test_the_cause_is_read_from_cpu_time_and_pauses(load: Load, cause: Cause) -> None:
    assert cause_of_blocks(snapshot(load).processes[0], 600) is cause


@pytest.mark.parametrize("machine", [Machine(cpu=0.85), Machine(cpu=0.4, pressure=0.2), Machine(cpu=0.4, steal=0.1)])
def test_a_gap_on_a_crowded_host_is_not_blamed_on_the_code(machine: Machine) -> None:
    seen = snapshot(Load(elu=0.08, cpu=0.03, block=0.3), machine=machine)
    process = seen.processes[0]
    assert cause_of_blocks(process, 600) is Cause.WAITING
    assert cause_of_blocks(process, 600, seen.machine_of(process)) is Cause.WORK


def test_a_gap_on_an_idle_host_is_a_synchronous_call() -> None:
    seen = snapshot(Load(elu=0.08, cpu=0.03, block=0.3), machine=Machine(cpu=0.3))
    process = seen.processes[0]
    assert cause_of_blocks(process, 600, seen.machine_of(process)) is Cause.WAITING
