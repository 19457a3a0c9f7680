"""host-cpu-saturated on several machines: the one where it is felt speaks, however busy another is."""

from __future__ import annotations

import pytest

from advisor.diagnosis import Condition
from advisor.features import Snapshot
from advisor.vocabulary import Verdict
from tests.additions import in_containers, with_machines, with_window
from tests.builders import Load, Machine, snapshot
from tests.rules.test_host_cpu_saturated import FULL_HOST, STARVED, read, rule

CALM = Load(elu=0.05, cpu=0.04)


def two(first: Load, second: Load, other: Machine) -> Snapshot:
    """One process on each of two machines; the first one is as full as can be."""
    seen = with_machines(snapshot(first, second, hosts=2, machine=FULL_HOST), 1, 1)
    less = snapshot(CALM, hosts=2, machine=other).window.hosts[1]
    return with_window(seen, hosts=(seen.window.hosts[0], less))


def test_a_full_machine_where_it_is_felt_speaks_beside_a_fuller_one_where_it_is_not() -> None:
    found = read(two(CALM, STARVED, Machine(cores=2, cpu=0.93, pressure=0.5)))
    assert found.condition is Condition.OVER
    assert "web-2 has" in found.claim


def test_a_quota_that_is_felt_speaks_beside_a_fuller_machine() -> None:
    found = read(in_containers(two(CALM, STARVED, Machine(cores=8, cpu=0.3)), 0.5, 0.0, 0.4))
    assert found.condition is Condition.OVER
    assert "its own quota of 0.5 cores on web-2 holds it back in 40% of the periods" in found.claim


@pytest.mark.parametrize("cpu", [0.3, 0.93])
def test_stays_silent_where_none_of_them_is_felt(cpu: float) -> None:
    assert rule(two(CALM, CALM, Machine(cores=2, cpu=cpu, pressure=0.5))).verdict is Verdict.CLEAR
