"""Neighbours: programs by name, other loops by number, and what is left by its sum."""

from __future__ import annotations

import math

import pytest

from advisor.features import neighbours
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.builders import Load, snapshot
from tests.builders import Machine as Built


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_each_user_of_the_processors_has_its_share(scale: float) -> None:
    built = Built(cores=4, cpu=0.65, other_loops=(0.5, 0.3))
    seen = snapshot(Load(elu=0.5, cpu=0.5), machine=built, time_scale=scale)
    told = with_part(seen, PartKind.PROGRAM, "postgres", busy=0.9 * 10 / scale, memory=2e9)
    found = {one.name: one for one in neighbours.on(told, told.machines[0], 300.0)}
    assert list(found) == ["postgres", "2 other Node.js processes", "other programs"]
    assert found["postgres"].cores == pytest.approx(0.9)
    assert found["postgres"].memory == 2e9
    assert found["2 other Node.js processes"].cores == pytest.approx(0.8)
    assert found["other programs"].cores == pytest.approx(2.6 - 0.5 - 0.9 - 0.8, abs=0.05)
    assert [one.name for one in found.values() if one.is_datastore] == ["postgres"]
    assert [one.name for one in found.values() if one.is_program] == ["postgres"]


def test_what_the_hypervisor_takes_is_nobodys() -> None:
    seen = snapshot(Load(elu=0.5, cpu=0.5), machine=Built(cores=2, cpu=0.55, steal=0.3))
    assert neighbours.on(seen, seen.machines[0], 300.0) == ()


def test_a_program_without_figures_comes_last() -> None:
    seen = snapshot(Load(elu=0.5, cpu=0.5), machine=Built(cores=2, cpu=0.5, other_loops=(0.2,)))
    told = with_part(seen, PartKind.PROGRAM, "backup", active=1.0)
    found = neighbours.on(told, told.machines[0], 300.0)
    assert found[-1].name == "backup"
    assert math.isnan(found[-1].cores)


def test_the_runtime_itself_is_no_neighbour() -> None:
    seen = snapshot(Load(elu=0.5, cpu=0.5), machine=Built(cores=2, cpu=0.25))
    told = with_part(seen, PartKind.PROGRAM, "node", busy=5.0)
    assert neighbours.on(told, told.machines[0], 300.0) == ()
