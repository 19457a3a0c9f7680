"""Vetoes of findings that stand beside the one that is answered: the table of the decision model (1.5)."""

from __future__ import annotations

import pytest

from advisor.diagnosis import Evidence, Option
from advisor.diagnosis.beside import forbidden_beside
from advisor.engine import STRATEGIES
from tests.rulings import ALL, firing

COPIES_NEVER = {"downstream-bound", "datastore-write-bound", "datastore-read-bound", "crash-loop", "uneven-load"}
WORKERS_NEVER = COPIES_NEVER | {"host-cpu-saturated", "memory-pressure", "memory-leak", "descriptor-leak"}

FULL = firing("event-loop-saturated")


def way(strategy: str, *, adds_copies: bool | None = None) -> Option:
    """An option of a strategy, whatever it would do."""
    return STRATEGIES[strategy].option(
        "Do it", why="", confidence=0.9, cost="", expected=(), steps=(), adds_copies=adds_copies
    )


@pytest.mark.parametrize("standing", ALL)
def test_a_full_loop_gets_no_copies_beside_what_they_make_worse(standing: str) -> None:
    for strategy, never in (
        ("cluster", WORKERS_NEVER),
        ("load-balance", COPIES_NEVER),
        ("autoscale", COPIES_NEVER),
        ("vertical", set()),
        ("cache", set()),
        ("worker-threads", set()),
    ):
        assert bool(forbidden_beside(standing, FULL, way(strategy))) is (standing in never), strategy


@pytest.mark.parametrize("standing", ALL)
@pytest.mark.parametrize("strategy", ["rebalance", "read-replica"])
def test_another_way_to_share_out_and_another_copy_of_the_data_are_forbidden_by_nothing(
    standing: str, strategy: str
) -> None:
    assert forbidden_beside(standing, FULL, way(strategy)) == ""
    assert forbidden_beside(standing, firing("event-loop-blocked"), way("load-balance", adds_copies=False)) == ""


@pytest.mark.parametrize("strategy", ["tune-heap", "raise-limit", "vertical", "load-balance", "autoscale"])
@pytest.mark.parametrize(("standing", "rule", "filled"), [
    ("memory-leak", "memory-pressure", True), ("memory-leak", "gc-pressure", True),
    ("descriptor-leak", "descriptor-exhaustion", True),
    ("memory-leak", "descriptor-exhaustion", False), ("memory-leak", "host-cpu-saturated", False),
    ("descriptor-leak", "memory-pressure", False), ("descriptor-leak", "websocket-capacity", False),
])  # fmt: skip
def test_room_is_no_answer_to_what_a_leak_fills_and_may_be_one_to_anything_else(
    standing: str, rule: str, filled: bool, strategy: str
) -> None:
    assert bool(forbidden_beside(standing, firing(rule), way(strategy))) is filled


@pytest.mark.parametrize(("standing", "rule", "reason"), [
    ("memory-leak", "memory-pressure", "A leak fills any size, only later"),
    ("memory-leak", "gc-pressure", "A leak fills any size, only later"),
    ("memory-leak", "host-cpu-saturated", ""), ("descriptor-leak", "memory-pressure", ""),
    ("memory-pressure", "gc-pressure", ""),
])  # fmt: skip
def test_the_same_processes_on_more_machines_are_more_room_as_well(standing: str, rule: str, reason: str) -> None:
    assert forbidden_beside(standing, firing(rule), way("load-balance", adds_copies=False)) == reason


def test_copies_of_what_leaks_are_told_to_leak_as_well() -> None:
    found = forbidden_beside("memory-leak", firing("memory-pressure"), way("load-balance"))
    assert found == "More copies leak as well, each from its own start"


def _carries(**sockets: float) -> tuple[Evidence, ...]:
    return tuple(Evidence(f"capacity_{name}", name, count, "{connection}") for name, count in sockets.items())


@pytest.mark.parametrize("strategy", ["tune-heap", "raise-limit", "vertical", "websocket-scale-out"])
@pytest.mark.parametrize(("standing", "carried", "filled"), [
    ("descriptor-leak", {"descriptors": 800, "memory": 9_000}, True),
    ("descriptor-leak", {"descriptors": 9_000, "memory": 800}, False),
    ("descriptor-leak", {"loop": 700, "descriptors": 800}, False),
    ("descriptor-leak", {"configured": 500, "descriptors": 800}, False),
    ("memory-leak", {"memory": 800, "heap": 900}, True),
    ("memory-leak", {"heap": 800, "memory": 900}, True),
    ("memory-leak", {"descriptors": 700, "memory": 800}, False),
    ("memory-leak", {"loop": 700, "heap": 800}, False),
    ("memory-pressure", {"memory": 800}, False),
])  # fmt: skip
def test_a_leak_that_fills_what_sockets_run_out_of_first_leaves_no_room_to_give(
    standing: str, carried: dict[str, float], filled: bool, strategy: str
) -> None:
    ruling = firing("websocket-capacity", *_carries(**carried))
    assert bool(forbidden_beside(standing, ruling, way(strategy))) is filled


@pytest.mark.parametrize(("standing", "rule"), [
    ("memory-leak", "memory-pressure"), ("descriptor-leak", "descriptor-exhaustion"),
])  # fmt: skip
@pytest.mark.parametrize("strategy", ["fix-leak", "stream-paginate", "cache"])
def test_a_repair_stays_beside_a_leak(standing: str, rule: str, strategy: str) -> None:
    assert forbidden_beside(standing, firing(rule), way(strategy)) == ""
