"""machine_groups: a machine is full when its loops are, or its processors before them."""

from __future__ import annotations

import pytest

from advisor.diagnosis.machine_groups import by_loops
from tests.builders import Load, Machine, snapshot


@pytest.mark.parametrize("hosts", [1, 2])
def test_processors_that_are_full_before_the_loops_bound_the_rate(hosts: int) -> None:
    """9.4 ms of a processor for a request: 128 a second are 60% of 2 cores; 218 would be 60% of 4 loops."""
    workers = [Load(elu=0.55, cpu=0.47, rps=50)] * 4
    assert by_loops(snapshot(*workers, machine=Machine(cores=2, cpu=0.95), hosts=hosts)) == pytest.approx(128, rel=0.04)


def test_threads_beside_the_loop_count() -> None:
    hashing = Load(elu=0.3, cpu=0.28, threads_cpu=3.4, rps=100)
    assert by_loops(snapshot(hashing, machine=Machine(cores=4, cpu=0.95))) == pytest.approx(65, rel=0.06)


def test_loops_that_are_full_first_decide() -> None:
    full = Load(elu=0.885, cpu=0.85, rps=175)
    assert by_loops(snapshot(full, machine=Machine(cores=8, cpu=0.2))) == pytest.approx(119, rel=0.04)
