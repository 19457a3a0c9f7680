"""vertical: only where cores are what is short and processes can use more of them."""

from __future__ import annotations

import pytest

from tests.answers import option, rejection
from tests.builders import Load, Machine, Senders, snapshot

SATURATED, BLOCKED, STARVED = "event-loop-saturated", "event-loop-blocked", "host-cpu-saturated"
FULL = Load(elu=0.885, cpu=0.85, rps=175)


@pytest.mark.parametrize(
    ("machine", "why"),
    [
        (Machine(cores=2, cpu=0.72), "1 process can use 1 core, and 0.5 of 2 cores on web-1 are idle"),
        (Machine(cores=8, cpu=0.15), "6.8 of 8 cores on web-1 are idle"),
        (Machine(cores=2, cpu=0.79), "1 process cannot use the 2 cores"),
    ],
)
def test_one_process_does_not_use_more_cores(machine: Machine, why: str) -> None:
    assert why in rejection("vertical", SATURATED, snapshot(FULL, machine=machine))


def test_a_block_takes_as_long_on_any_machine() -> None:
    reason = rejection("vertical", BLOCKED, snapshot(Load(elu=0.08, rps=3, block=0.3)))
    assert "on any number of cores" in reason


def test_processes_that_share_too_few_cores_get_more() -> None:
    seen = snapshot(*[Load(elu=0.99, cpu=0.47, rps=80)] * 4, machine=Machine(cores=2, cpu=0.97))
    found = option("vertical", STARVED, seen)
    assert found.title == "Move web-1 to 4 cores"
    assert "2 cores are 97% busy" in found.why


def test_nothing_is_known_without_the_host() -> None:
    assert "0 of its hosts" in rejection("vertical", SATURATED, snapshot(FULL, senders=Senders(host=False)))
