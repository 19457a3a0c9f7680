"""relieve-host: who takes the memory of a machine, and when nobody is in the way of it."""

from __future__ import annotations

from functools import partial

import pytest

from advisor.diagnosis import Evidence
from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests import rulings
from tests.additions import with_figures, with_part
from tests.answers import expected
from tests.builders import Load, Machine, snapshot

offered = partial(rulings.offered, "relieve-host")
refused = partial(rulings.refused, "relieve-host")


def _crowded_memory(program: str, memory: float) -> Snapshot:
    seen = snapshot(machine=Machine(memory=8e9, available=0.6e9))
    return with_part(seen, PartKind.PROGRAM, program, busy=1.0, memory=memory)


def test_a_datastore_gets_a_host_of_its_own() -> None:
    found = offered(
        "memory-pressure", with_part(_crowded_memory("java", 4e9), PartKind.PROGRAM, "postgres", memory=3e9)
    )
    share = expected(found, "memory")
    assert found.title == "Give postgres a host of its own"
    assert share.low == pytest.approx((7.4 - 3) / 8)
    assert share.high is not None
    assert share.high < 0.75


def test_another_program_moves() -> None:
    assert offered("memory-pressure", _crowded_memory("java", 4e9)).title == "Move java off web-1"


def test_small_programs_make_no_room() -> None:
    assert "20%" in refused("memory-pressure", _crowded_memory("postgres", 1.5e9))


@pytest.mark.parametrize(("available", "moves"), [(1.9e9, True), (2.1e9, False), (5e9, False)])
def test_nobody_moves_off_a_machine_whose_memory_is_not_short(available: float, moves: bool) -> None:
    seen = with_part(snapshot(machine=Machine(memory=8e9, available=available)), PartKind.PROGRAM, "postgres",
                     busy=1.0, memory=2e9)  # fmt: skip
    if moves:
        assert offered("memory-pressure", seen).title == "Give postgres a host of its own"
    else:
        used = 100 * (8e9 - available) / 8e9
        assert f"{used:.0f}% of the memory of web-1 is in use: it is not short" in refused("memory-pressure", seen)


def _figure(signal: str, value: float, holds: bool) -> Evidence:
    return Evidence(signal, f"Figure of {signal}", value, "1", 0.85, "at least", holds)


@pytest.mark.parametrize("swaps", [True, False])
def test_a_heap_at_its_own_limit_has_nobody_in_its_way(swaps: bool) -> None:
    """The machine is full of others by design; what comes back from swap would make that felt."""
    seen = _crowded_memory("postgres", 4e9)
    figures = (_figure("memory_long", 0.92, False), _figure("heap_share", 0.9, True), _figure("swapping", 50, swaps))
    if swaps:
        assert offered("memory-pressure", seen, *figures)
    else:
        reason = refused("memory-pressure", seen, *figures)
        assert reason == "The limit of its own processes is what is full (figure of heap_share: 90%)."


def test_a_full_container_shares_with_nobody() -> None:
    assert "42%" in refused("memory-pressure", with_figures(snapshot(Load(rss=99e6)), cgroup_memory_limit=100e6))
