"""vertical: only where cores are what is short and processes can use more of them."""

from __future__ import annotations

import pytest

from tests.answers import expected, option, rejection
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


@pytest.mark.parametrize(("cores", "cpu", "title"), [(8, 0.92, "Move web-1 to 14 cores"), (16, 0.91, "to 27 cores")])
def test_a_full_host_of_many_cores_is_short_of_them_too(cores: int, cpu: float, title: str) -> None:
    """A tenth of eight cores is more than half a core, and still none to spare."""
    seen = snapshot(*[Load(elu=0.99, cpu=0.9, rps=80)] * cores, machine=Machine(cores=cores, cpu=cpu))
    assert title in option("vertical", STARVED, seen).title


def test_a_host_that_a_quota_or_a_wait_makes_slow_has_cores_enough() -> None:
    seen = snapshot(*[Load(elu=0.99, cpu=0.7, rps=80)] * 8, machine=Machine(cores=8, cpu=0.75, pressure=0.5))
    assert "of 8 cores on web-1 are idle" in rejection("vertical", STARVED, seen)


def test_only_the_machine_that_grows_gets_more_workers() -> None:
    seen = snapshot(*[Load(elu=0.93, cpu=0.92, rps=80)] * 2, machine=Machine(cores=2, cpu=0.95), hosts=3)
    found = option("vertical", STARVED, seen)
    name = found.title.split()[1]
    assert found.title == f"Move {name} to 4 cores"
    assert f"Run 4 workers on {name} instead of 2" in found.steps[1].text
    assert expected(found, "loop_utilization").low == pytest.approx(seen.work(60.0) / 8 * 0.9)


def test_one_machine_needs_no_name_for_its_workers() -> None:
    seen = snapshot(*[Load(elu=0.93, cpu=0.92, rps=80)] * 2, machine=Machine(cores=2, cpu=0.95))
    assert "Run 4 workers instead of 2" in option("vertical", STARVED, seen).steps[1].text
