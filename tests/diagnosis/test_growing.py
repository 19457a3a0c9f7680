"""growing: what proves that a level grows without end, and which of several speaks."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from advisor.diagnosis import Condition, Rule
from advisor.diagnosis.growing import Growing, condition_of, evidence_of, is_proven, leaking, soonest
from advisor.engine import RULES
from advisor.features.growth import Growth
from tests.rulings import firing

RULE: Rule = RULES["memory-leak"]
MB, HOUR = 1e6, 3600.0
PROVEN = Growth(
    slope=10 * MB / HOUR, low=9 * MB / HOUR, high=11 * MB / HOUR, pairs=200, rising=0.85, early=10 * MB / HOUR,
    late=10 * MB / HOUR, between=8 * HOUR, level=300 * MB, middle=180 * MB, seconds=24 * HOUR,
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


def test_beyond_its_limit_nothing_is_left() -> None:
    """Young objects may take a heap over what lasting ones may."""
    assert (heap(limit=280 * MB).room, heap(limit=280 * MB).time_left) == (0.0, 0.0)
    assert math.isnan(heap(limit=math.nan).room)


FAR = 100_000 * MB


@pytest.mark.parametrize(("began", "gained", "condition"), [
    (100, 101, Condition.OVER), (60, 101, Condition.OVER), (100, 99, Condition.BETWEEN), (60, 99, Condition.BETWEEN),
    (300, 310, Condition.OVER), (300, 290, Condition.BETWEEN),
])  # fmt: skip
def test_a_far_end_is_told_of_what_doubled_and_grew_by_a_hundred_megabytes(
    began: float, gained: float, condition: Condition
) -> None:
    slope = gained * MB / PROVEN.seconds
    middle, level = (began + gained / 2) * MB, (began + gained) * MB
    grown = replace(PROVEN, slope=slope, early=slope, late=slope, middle=middle, level=level)
    assert _condition(heap(grown, FAR)) is condition


@pytest.mark.parametrize("found", [
    heap(replace(PROVEN, rising=0.84), FAR), heap(replace(PROVEN, late=3 * MB / HOUR), FAR), heap(limit=math.nan),
    heap(limit=math.inf), replace(heap(limit=FAR), ahead=24 * HOUR),
], ids=["not proven", "slows down", "unknown end", "no end", "seen for hours only"])  # fmt: skip
def test_no_end_is_told_that_is_far_and_not_sure(found: Growing) -> None:
    assert _condition(heap(limit=FAR)) is Condition.OVER
    assert _condition(found) is Condition.BETWEEN


def _condition(found: Growing) -> Condition:
    return condition_of(RULE, found, evidence_of(RULE, found, 1.0))


@pytest.mark.parametrize("rule", ["memory-pressure", "descriptor-exhaustion"])
def test_rules_of_what_is_short_now_tell_of_no_far_end(rule: str) -> None:
    assert not any(e.signal == "far" for e in evidence_of(RULES[rule], heap(limit=FAR), 1.0))


def test_what_ends_soon_speaks_before_what_grew_far_and_that_before_what_did_not() -> None:
    little = replace(PROVEN, middle=400 * MB)
    near, far, hardly = heap(instance=1), heap(limit=FAR, instance=2), heap(little, FAR / 2, 3)
    order = [soonest(RULE, found, 1.0) for found in ([hardly, far, near], [hardly, far])]
    assert [found.instance for found in order if found] == [1, 2]


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
