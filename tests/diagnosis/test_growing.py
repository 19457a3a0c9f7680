"""growing: what proves that a level grows without end, and which of several speaks."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from advisor.diagnosis import Rule
from advisor.diagnosis.growing import Growing, evidence_of, is_proven, leaking, soonest
from advisor.engine import RULES
from advisor.features.growth import Growth
from tests.rulings import firing

RULE: Rule = RULES["memory-leak"]
MB, HOUR = 1e6, 3600.0
PROVEN = Growth(
    slope=10 * MB / HOUR, low=9 * MB / HOUR, high=11 * MB / HOUR, pairs=200, rising=0.85, early=10 * MB / HOUR,
    late=10 * MB / HOUR, between=8 * HOUR, level=300 * MB, seconds=24 * HOUR,
)  # fmt: skip


def heap(growth: Growth = PROVEN, limit: float = 500 * MB, instance: int = 1) -> Growing:
    return Growing(instance, "process 1", "heap", "By", growth, limit)


def proven(growth: Growth) -> bool:
    return is_proven(evidence_of(RULE, heap(growth), 1.0))


def test_all_of_it_together_proves_growth() -> None:
    assert proven(PROVEN)


@pytest.mark.parametrize("growth", [
    replace(PROVEN, pairs=199), replace(PROVEN, rising=0.84), replace(PROVEN, seconds=2 * HOUR, between=HOUR),
    replace(PROVEN, late=3 * MB / HOUR), replace(PROVEN, between=1.9 * HOUR),
    replace(PROVEN, late=7 * MB / HOUR),
])  # fmt: skip
def test_each_part_of_it_is_needed(growth: Growth) -> None:
    assert not proven(growth)


def test_growth_is_proven_however_long_it_still_takes() -> None:
    evidence = evidence_of(RULE, heap(limit=100_000 * MB), 1.0)
    assert is_proven(evidence)
    assert next(e for e in evidence if e.signal == "time_to_limit").holds is False


@pytest.mark.parametrize(("scale", "holds"), [(1.0, True), (30.0, False)])
def test_the_time_left_is_that_of_the_clock_and_so_is_its_limit(scale: float, holds: bool) -> None:
    left = next(e for e in evidence_of(RULE, heap(), scale) if e.signal == "time_to_limit")
    assert left.value == pytest.approx(20 * HOUR)
    assert left.limit == pytest.approx(14 * 24 * HOUR / scale)
    assert left.holds is holds


def test_without_evidence_nothing_is_proven() -> None:
    assert not is_proven(())


@pytest.mark.parametrize(("rule", "says"), [
    ("memory-leak", "Memory grew by 240 MB at equal load"),
    ("memory-pressure", "Memory grew by 240 MB at equal load"),
    ("descriptor-exhaustion", "240,000,000 more descriptors are open at equal load and nobody closes them"),
    ("overprovisioned", ""), ("event-loop-saturated", ""),
])  # fmt: skip
def test_what_leaks_is_said_of_what_the_rule_looks_at(rule: str, says: str) -> None:
    assert leaking(firing(rule, *evidence_of(RULE, heap(), 1.0))) == says


@pytest.mark.parametrize(("rule", "leaks"), [("memory-leak", True), ("memory-pressure", False)])
def test_growth_that_is_not_proven_is_a_leak_where_that_is_the_class(rule: str, leaks: bool) -> None:
    slowing = evidence_of(RULE, heap(replace(PROVEN, late=3 * MB / HOUR)), 1.0)
    assert bool(leaking(firing(rule, *slowing))) is leaks


def test_an_unknown_limit_leaves_the_time_open() -> None:
    evidence = evidence_of(RULE, heap(limit=math.nan), 1.0)
    assert next(e for e in evidence if e.signal == "time_to_limit").value is None
    assert is_proven(evidence)


def test_what_is_proven_speaks_before_what_ends_sooner() -> None:
    flat = replace(PROVEN, rising=0.5)
    found = soonest(RULE, [heap(flat, 310 * MB, 1), heap(PROVEN, 500 * MB, 2), heap(PROVEN, 400 * MB, 3)], 1.0)
    assert found is not None
    assert found.instance == 3
    assert soonest(RULE, [], 1.0) is None
