"""How much slower a machine is, and the weights that follow."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from advisor.features import Snapshot, machine_speed
from advisor.features.pieces import Piece
from advisor.features.process import Process
from tests.additions import with_machines, with_window
from tests.builders import Load, snapshot

SPAN = 600.0
FAST, SLOW = Load(elu=0.3, rps=60), Load(elu=0.6, rps=60)


def _on_two(*loads: Load) -> Snapshot:
    return with_machines(snapshot(*loads, hosts=2), 2, 2)


def _slowness(seen: Snapshot) -> float:
    hot: Process = max(seen.processes, key=lambda process: process.loop(SPAN))
    return machine_speed.slowness(
        hot, [process for process in seen.processes if process is not hot], SPAN, Piece.REQUEST
    )


def test_what_all_processes_of_a_machine_pay_is_its_own() -> None:
    assert _slowness(_on_two(FAST, FAST, SLOW, SLOW)) == pytest.approx(2.0, rel=0.03)


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(_on_two(FAST, FAST, FAST, SLOW), id="one of two"),
        pytest.param(snapshot(FAST, FAST, SLOW, SLOW), id="one machine"),
        pytest.param(with_machines(snapshot(FAST, SLOW, hosts=2), 1, 1), id="one process a machine"),
        pytest.param(_on_two(FAST, FAST, SLOW, replace(SLOW, rps=0.0)), id="one that answers nothing"),
    ],
)
def test_what_one_process_pays_is_not_of_the_machine(seen: Snapshot) -> None:
    assert math.isnan(_slowness(seen))


def test_processes_whose_machine_is_not_known_share_none() -> None:
    seen = _on_two(FAST, FAST, SLOW, SLOW)
    lost = tuple(replace(one, host_id=None) if one.host_id == 2 else one for one in seen.window.instances)
    assert math.isnan(_slowness(with_window(seen, instances=lost)))


@pytest.mark.parametrize(
    ("elu", "weights"), [(0.6, {1: 2, 2: 1}), (0.45, {1: 10, 2: 7}), (0.3, {1: 1, 2: 1}), (0.9, {1: 10, 2: 3})]
)
def test_weights_are_small_and_in_proportion(elu: float, weights: dict[int, int]) -> None:
    quiet = replace(FAST, noise=0.0)
    assert (
        machine_speed.weights(_on_two(quiet, quiet, *[replace(quiet, elu=elu)] * 2).processes, SPAN, Piece.REQUEST)
        == weights
    )


def test_with_weights_all_loops_are_equally_busy() -> None:
    """240 requests a second; 40 to each process of the slower machine at 10 ms, 80 to each other at 5 ms."""
    processes = _on_two(FAST, FAST, SLOW, SLOW).processes
    shares = machine_speed.weights(processes, SPAN, Piece.REQUEST)
    found = [machine_speed.weighted(process, processes, shares, SPAN, Piece.REQUEST) for process in processes]
    assert found == pytest.approx([0.4] * 4, rel=0.03)


def test_a_machine_that_answers_nothing_gets_the_least() -> None:
    processes = _on_two(FAST, FAST, *[replace(SLOW, rps=0.0)] * 2).processes
    assert machine_speed.weights(processes, SPAN, Piece.REQUEST) == {1: 10, 2: 1}
