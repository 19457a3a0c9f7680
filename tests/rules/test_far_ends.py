"""memory-leak and descriptor-leak: leaks whose end is far away are a hint, and caches under high limits are none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.diagnosis import Condition, Option, Reading
from advisor.engine import judge
from advisor.features import Snapshot
from advisor.vocabulary import Severity, Verdict
from tests.additions import with_figures
from tests.answers import answered, ruled
from tests.builders import YOUNG, Load, Machine, snapshot
from tests.pasts import Level, Past, fills, level, with_past

MEMORY, DESCRIPTORS = "memory-leak", "descriptor-leak"
MB, GB = 1e6, 1e9
SEEDS = (1, 2, 3)
LARGE = Machine(memory=64 * GB, available=60 * GB)


def heap(
    course: Level,
    hours: float = 72.0,
    *,
    limit: float = 4.1 * GB,
    swing: float = 0.4,
    begins: float = 7.0,
    seed: int = 1,
    scale: float = 1.0,
) -> Snapshot:
    """A heap that may grow to this limit, and went this way."""
    seen = with_figures(snapshot(Load(), seed=seed, time_scale=scale, machine=LARGE), heap_limit=YOUNG + limit)
    past = Past(hours, 300.0, {"heap_floor": course}, swing=swing, begins=begins, noise=0.01)
    return with_past(seen, MEMORY, past, seed=seed)


def opened(
    course: Level,
    hours: float = 8.0,
    *,
    limit: float = 20_000.0,
    swing: float = 0.0,
    begins: float = 7.0,
    seed: int = 1,
    scale: float = 1.0,
) -> Snapshot:
    """Descriptors that went this way under a usual limit, beside 40 connections."""
    now = float(course(np.array([hours]))[0])
    seen = snapshot(Load(), seed=seed, time_scale=scale)
    seen = with_figures(seen, fd_open=now, fd_limit=limit, connections=40.0)
    past = Past(hours, 300.0, {"fd_open": course, "connections": level(40.0)}, swing=swing, begins=begins)
    return with_past(seen, DESCRIPTORS, past, seed=seed)


LEAKS = {MEMORY: heap(level(60 * MB, 6 * MB)), DESCRIPTORS: opened(level(60, 60))}


def read(rule: str, seen: Snapshot) -> Reading:
    return ruled(rule, seen).reading


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", [1.0, 5.0])
@pytest.mark.parametrize("an_hour", [3.5, 6.0, 8.0])
def test_a_heap_that_grew_far_below_a_high_limit_is_a_hint(an_hour: float, scale: float, seed: int) -> None:
    found = read(MEMORY, heap(level(60 * MB, an_hour * MB), scale=scale, seed=seed))
    assert (found.condition, found.severity) == (Condition.OVER, Severity.INFO)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", [1.0, 5.0])
@pytest.mark.parametrize("limit", [4_096.0, 20_000.0, 65_536.0, 1_048_576.0])
@pytest.mark.parametrize("an_hour", [60, 120])
def test_descriptors_that_grew_far_below_a_high_limit_are_a_hint(
    an_hour: int, limit: float, scale: float, seed: int
) -> None:
    found = read(DESCRIPTORS, opened(level(60, an_hour), limit=limit, scale=scale, seed=seed))
    assert (found.condition, found.severity) == (Condition.OVER, Severity.INFO)


def test_the_claims_tell_pace_growth_and_how_far_the_end_is() -> None:
    assert read(MEMORY, LEAKS[MEMORY]).claim == (
        "shop: the heap of process 1010 grows by 6 MB an hour at equal load, from 79 MB to 492 MB so far, "
        "and fills the 3.6 GB that are left in 25 days"
    )
    assert read(DESCRIPTORS, LEAKS[DESCRIPTORS]).claim == (
        "shop: process 1010 opens 60 more descriptors an hour than it closes, 465 over 8 hours so far, "
        "and reaches its limit in 14 days"
    )


@pytest.mark.parametrize(("seen", "severity"), [
    (opened(level(60, 300), limit=4_096.0), Severity.WARNING), (opened(level(60, 300), limit=3_000.0),
                                                                 Severity.CRITICAL),
])  # fmt: skip
def test_a_near_end_is_told_as_before(seen: Snapshot, severity: Severity) -> None:
    found = read(DESCRIPTORS, seen)
    assert (found.condition, found.severity) == (Condition.OVER, severity)
    assert "so far" not in found.claim
    assert not any(e.signal == "far" for e in found.evidence)


@pytest.mark.parametrize(("hours_left", "condition"), [(330, Condition.OVER), (345, Condition.BETWEEN)])
def test_a_heap_that_has_not_doubled_must_end_within_two_weeks(hours_left: float, condition: Condition) -> None:
    seen = heap(level(250 * MB, 8 * MB), 30.0, limit=(490 + 8 * hours_left) * MB)
    assert read(MEMORY, seen).condition is condition


@pytest.mark.parametrize(("an_hour", "hours"), [(1.2, 72.0), (6.0, 16.0)])
def test_a_heap_that_grew_by_little_says_nothing(an_hour: float, hours: float) -> None:
    assert read(MEMORY, heap(level(60 * MB, an_hour * MB), hours)).condition is Condition.BETWEEN


@pytest.mark.parametrize(("first", "an_hour"), [(60, 20), (300, 22)])
def test_descriptors_that_grew_by_little_say_nothing(first: int, an_hour: int) -> None:
    assert read(DESCRIPTORS, opened(level(first, an_hour))).condition is Condition.BETWEEN


SAWS: tuple[Level, ...] = (
    lambda hours: (150 + 260 * (hours % 24) / 24) * MB, lambda hours: (150 + 260 * (hours % 12) / 12) * MB,
    lambda hours: (150 + 260 * (hours % 1)) * MB, lambda hours: (60 + 20 * np.minimum(hours, 10)) * MB,
)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS[:2])
@pytest.mark.parametrize("hours", [18.0, 24.0, 48.0, 72.0])
@pytest.mark.parametrize(
    "course", [*(fills(60 * MB, to * MB, over) for to in (300, 1500) for over in (0.7, 3, 12, 24, 48)), *SAWS]
)
def test_no_cache_and_no_saw_under_a_high_limit_is_taken_for_a_leak(course: Level, hours: float, seed: int) -> None:
    assert ruled(MEMORY, heap(course, hours, seed=seed)).verdict is not Verdict.PENDING


def _day(low: float, high: float, late: float, begins: float) -> Level:
    """A level that follows the load of the day so many hours later."""
    return lambda hours: low + (high - low) * (1 + np.sin(2 * np.pi * (hours - late + begins) / 24)) / 2


@pytest.mark.parametrize("begins", [1.0, 7.0, 13.0, 19.0])
@pytest.mark.parametrize("swing", [0.3, 0.8])
@pytest.mark.parametrize("late", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("hours", [12.0, 18.0, 36.0, 72.0])
def test_no_heap_that_follows_the_day_is_taken_for_a_leak(
    hours: float, late: float, swing: float, begins: float
) -> None:
    seen = heap(_day(60 * MB, 260 * MB, late, begins), hours, swing=swing, begins=begins)
    assert ruled(MEMORY, seen).verdict is not Verdict.PENDING


@pytest.mark.parametrize("begins", [1.0, 7.0, 13.0, 19.0])
@pytest.mark.parametrize("swing", [0.3, 0.7])
@pytest.mark.parametrize("late", [0.0, 0.1, 0.5, 2.0])
@pytest.mark.parametrize("hours", [4.0, 8.0, 12.0])
def test_no_sockets_that_follow_the_day_are_taken_for_a_leak(
    hours: float, late: float, swing: float, begins: float
) -> None:
    seen = opened(_day(60, 900, late, begins), hours, limit=65_536.0, swing=swing, begins=begins)
    assert ruled(DESCRIPTORS, seen).verdict is not Verdict.PENDING


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hours", [4.0, 8.0, 12.0])
@pytest.mark.parametrize("course", [
    *(fills(60, to, over) for to in (300, 2500) for over in (0.3, 1, 2, 4)), lambda hours: 100 + 300 * (hours % 1),
    lambda hours: 60 + 200 * np.minimum(hours, 2),
])  # fmt: skip
def test_no_pool_that_fills_is_taken_for_a_leak(course: Level, hours: float, seed: int) -> None:
    assert ruled(DESCRIPTORS, opened(course, hours, limit=65_536.0, seed=seed)).verdict is not Verdict.PENDING


@pytest.mark.parametrize("rule", [MEMORY, DESCRIPTORS])
def test_to_fix_the_leak_is_what_the_hint_advises_first(rule: str) -> None:
    advice = next(one for one in judge(LEAKS[rule], {}).advice if one.ruling.rule == rule)
    assert [option.id for option in advice.options][:1] == ["fix-leak"]


@pytest.mark.parametrize("rule", [MEMORY, DESCRIPTORS])
@pytest.mark.parametrize("strategy", ["raise-limit", "tune-heap", "vertical", "cluster", "load-balance", "autoscale"])
def test_more_room_and_more_copies_are_no_answer_to_the_hint(strategy: str, rule: str) -> None:
    assert not isinstance(answered(strategy, rule, LEAKS[rule]), Option)


@pytest.mark.parametrize(("rule", "seen", "restarts"), [
    (MEMORY, LEAKS[MEMORY], False), (DESCRIPTORS, opened(level(60, 60), limit=65_536.0), False),
    (DESCRIPTORS, opened(level(60, 300)), True),
])  # fmt: skip
def test_restarts_until_the_fix_are_advised_only_where_a_release_does_not_come_first(
    rule: str, seen: Snapshot, restarts: bool
) -> None:
    found = answered("fix-leak", rule, seen)
    assert isinstance(found, Option)
    assert ("and restart every" in found.title) is restarts
    assert any("Until it is fixed" in step.text for step in found.steps) is restarts


def test_an_unknown_end_makes_no_hint_and_no_promise() -> None:
    found = read(DESCRIPTORS, opened(level(60, 60), limit=math.nan))
    assert found.condition is Condition.BETWEEN
    assert found.claim.endswith("60 more descriptors an hour than it closes")
