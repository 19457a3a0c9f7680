"""memory-leak: memory that grows at equal load over a day, and what only looks like it."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Snapshot
from advisor.vocabulary import Severity, Verdict
from tests.additions import with_figures
from tests.answers import ruled
from tests.builders import YOUNG, Load, Machine, Senders, snapshot
from tests.pasts import Level, Past, fills, level, with_past

RULE = "memory-leak"
MB = 1e6
SEEDS = (1, 2, 3)
SCALES = (1.0, 5.0)

rule = partial(ruled, RULE)


def living(
    column: str,
    course: Level,
    *,
    hours: float = 30.0,
    limit: float = 600 * MB,
    swing: float = 0.6,
    begins: float = 7.0,
    noise: float = 0.01,
    seed: int = 1,
    scale: float = 1.0,
    machine: Machine | None = None,
) -> Snapshot:
    """A process whose memory went this way over its life; the heap may grow to `limit`."""
    seen = with_figures(snapshot(Load(), seed=seed, time_scale=scale, machine=machine), heap_limit=YOUNG + limit)
    past = Past(hours, 300.0, {column: course}, swing=swing, begins=begins, noise=noise)
    return with_past(seen, RULE, past, seed=seed)


leaking = partial(living, "heap_floor", level(120 * MB, 8 * MB))


def read(seen: Snapshot) -> Reading:
    return rule(seen).reading


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("noise", [0.0, 0.01, 0.03])
def test_fires_for_a_heap_that_grows_under_a_daily_load(noise: float, scale: float, seed: int) -> None:
    found = read(leaking(noise=noise, seed=seed, scale=scale))
    assert found.condition is Condition.OVER
    assert found.confidence >= 0.75


def test_it_is_pending_first_and_fires_at_the_next_look() -> None:
    assert rule(leaking()).verdict is Verdict.PENDING


@pytest.mark.parametrize(("scale", "left"), [(1.0, "30 hours"), (5.0, "6 hours")])
def test_the_claim_tells_times_of_the_clock(scale: float, left: str) -> None:
    """The present level is the median of the last 25 minutes, so 241 MB are left of 240."""
    claim = read(leaking(noise=0.0, scale=scale)).claim
    assert claim == (
        f"shop: the heap of process 1010 grows by {8 * scale:.0f} MB an hour at equal load and fills the "
        f"241 MB that are left in {left}"
    )


@pytest.mark.parametrize(("limit", "severity"), [
    (600 * MB, Severity.INFO), (540 * MB, Severity.WARNING), (385 * MB, Severity.CRITICAL),
])  # fmt: skip
@pytest.mark.parametrize("scale", SCALES)
def test_the_severity_is_that_of_the_time_left(limit: float, severity: Severity, scale: float) -> None:
    assert read(leaking(limit=limit, scale=scale)).severity is severity


@pytest.mark.parametrize(("an_hour", "condition"), [(0.8, Condition.OVER), (0.6, Condition.BETWEEN)])
def test_it_must_grow_by_twenty_megabytes(an_hour: float, condition: Condition) -> None:
    seen = living("heap_floor", level(60 * MB, an_hour * MB), limit=110 * MB, noise=0.0)
    assert read(seen).condition is condition


@pytest.mark.parametrize("seed", SEEDS)
def test_buffers_outside_the_heap_leak_as_well(seed: int) -> None:
    machine = Machine(memory=1e9, available=300 * MB)
    seen = living("external_memory", level(20 * MB, 8 * MB), machine=machine, seed=seed)
    assert read(seen).condition is Condition.OVER
    assert "the memory outside the heap of process 1010 grows" in read(seen).claim


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_probe_resident_memory_stands_for_it(seed: int) -> None:
    machine = Machine(memory=1e9, available=300 * MB)
    seen = living("memory_rss", level(120 * MB, 8 * MB), machine=machine, seed=seed)
    found = read(seen)
    assert found.condition is Condition.OVER
    assert 0.5 <= found.confidence < read(leaking(seed=seed)).confidence


def test_a_second_life_that_grows_alike_makes_it_sure() -> None:
    past = Past(30, 300.0, {"heap_floor": level(120 * MB, 8 * MB)}, swing=0.6)
    seen = with_figures(snapshot(Load()), heap_limit=YOUNG + 600 * MB)
    alone, beside = with_past(seen, RULE, past), with_past(seen, RULE, past, ended=(past,))
    assert read(beside).confidence > read(alone).confidence
    other = Past(30, 300.0, {"heap_floor": level(120 * MB, 8 * MB)}, swing=0.6, version="2.0")
    assert read(with_past(seen, RULE, past, ended=(other,))).confidence == read(alone).confidence


def test_the_processes_of_a_machine_share_what_is_left_of_it() -> None:
    machine = Machine(memory=1e9, available=400 * MB)
    past = Past(30, 300.0, {"heap_floor": level(120 * MB, 8 * MB)}, noise=0.0)
    one = read(with_past(snapshot(Load(), machine=machine), RULE, past)).claim
    four = read(with_past(snapshot(*[Load()] * 4, machine=machine), RULE, past)).claim
    assert "fills the 400 MB that are left in 2 days" in one
    assert "fills the 100 MB that are left in 12 hours" in four


DAY: Level = lambda hours: 200 * MB + 90 * MB * np.sin(2 * np.pi * (hours + 6.5) / 24)  # noqa: E731


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hours", [15.0, 24.0, 48.0, 72.0])
def test_stays_silent_for_a_heap_that_follows_the_day(hours: float, seed: int) -> None:
    seen = living("heap_floor", DAY, hours=hours, swing=0.8, seed=seed, limit=300 * MB)
    assert rule(seen).verdict in (Verdict.CLEAR, Verdict.UNKNOWN)
    assert hours < 48 or rule(seen).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("course", "hours"), [
    (fills(60 * MB, 260 * MB, 0.7), 24.0), (fills(60 * MB, 260 * MB, 0.7), 48.0), (fills(60 * MB, 360 * MB, 6), 48.0),
    (fills(60 * MB, 400 * MB, 12), 24.0), (fills(60 * MB, 400 * MB, 12), 48.0),
    (lambda hours: (150 + 60 * (hours % 24) / 24) * MB, 72.0), (lambda hours: (150 + 60 * (hours % 1)) * MB, 30.0),
    (level(150 * MB), 30.0), (level(150 * MB, -2 * MB), 30.0),
], ids=["warm-up", "warm-up, two days", "cache", "cache that still fills", "cache that is full", "daily saw-tooth",
        "hourly saw-tooth", "flat", "falling"])  # fmt: skip
def test_stays_silent_for_memory_that_stops_to_grow(course: Level, hours: float, seed: int) -> None:
    assert rule(living("heap_floor", course, hours=hours, seed=seed, swing=0.4)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_idle_websockets_that_come_in(seed: int) -> None:
    seen = with_figures(snapshot(Load(), seed=seed), heap_limit=YOUNG + 600 * MB)
    past = Past(30, 300.0, {"heap_floor": level(120 * MB, 8 * MB), "websockets": level(500, 400)})
    assert rule(with_past(seen, RULE, past, seed=seed)).verdict is not Verdict.PENDING


def test_a_few_websockets_do_not_hide_a_leak() -> None:
    seen = with_figures(snapshot(Load()), heap_limit=YOUNG + 600 * MB)
    past = Past(30, 300.0, {"heap_floor": level(120 * MB, 8 * MB), "websockets": level(2, 1)})
    assert read(with_past(seen, RULE, past)).condition is Condition.OVER


def test_stays_silent_for_garbage_that_is_collected() -> None:
    seen = snapshot(Load(gc_share=0.2, gc_pause=0.05))
    past = Past(30, 300.0, {"heap_used": level(200 * MB), "heap_floor": level(150 * MB)}, noise=0.1)
    assert rule(with_past(seen, RULE, past)).verdict is Verdict.CLEAR


@pytest.mark.parametrize(("an_hour", "condition"), [(8, Condition.OVER), (0, Condition.UNDER)])
def test_where_collections_are_rare_the_heap_in_use_stands_for_what_they_leave(
    an_hour: float, condition: Condition
) -> None:
    floor = level(120 * MB, an_hour * MB)
    told = {"heap_floor": lambda hours: np.where(np.arange(hours.size) % 40 == 0, floor(hours), np.nan),
            "heap_used": level(150 * MB, an_hour * MB)}  # fmt: skip
    seen = with_figures(snapshot(Load()), heap_limit=YOUNG + 600 * MB)
    found = read(with_past(seen, RULE, Past(30, 300.0, told, swing=0.6)))
    assert found.condition is condition


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("an_hour", "hours"), [(20, 7.0), (40, 4.5)])
def test_growth_of_hours_is_told_where_the_end_is_nearer_than_it_is_old(
    an_hour: float, hours: float, scale: float, seed: int
) -> None:
    grows = partial(living, "heap_floor", level(60 * MB, an_hour * MB), swing=0.0, seed=seed, scale=scale)
    told = partial(grows, limit=300 * MB)
    found = read(told(hours=hours))
    assert (found.condition, found.severity) == (Condition.OVER, Severity.WARNING if hours > 5 else Severity.CRITICAL)
    assert found.confidence >= 0.5
    assert read(grows(hours=hours)).condition is Condition.BETWEEN, "it has longer than it has lasted"


def _late(by: float, begins: float) -> Level:
    """A heap that follows the load of the day so many hours later, and fills nine tenths of its limit at the peak."""
    return lambda hours: (185 + 85 * np.sin(2 * np.pi * (hours - by + begins) / 24)) * MB


@pytest.mark.parametrize("begins", [0.0, 3.0, 7.0, 13.0, 19.0])
@pytest.mark.parametrize("hours", [4.0, 6.0, 8.0, 10.0])
@pytest.mark.parametrize("by", [0.0, 2.0])
def test_stays_silent_in_the_first_hours_for_a_heap_that_follows_the_day_late(
    by: float, hours: float, begins: float
) -> None:
    seen = living("heap_floor", _late(by, begins), hours=hours, swing=0.7, begins=begins, limit=300 * MB)
    assert rule(seen).verdict in (Verdict.CLEAR, Verdict.UNKNOWN)


@pytest.mark.parametrize("over", [0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("hours", [4.0, 6.0, 8.0, 10.0])
def test_stays_silent_in_the_first_hours_for_a_cache_that_fills(over: float, hours: float) -> None:
    seen = living("heap_floor", fills(60 * MB, 250 * MB, over), hours=hours, swing=0.2, limit=300 * MB)
    assert rule(seen).verdict in (Verdict.CLEAR, Verdict.UNKNOWN)


def test_growth_that_was_told_early_and_stopped_is_calm_again_before_a_day_is_over() -> None:
    stops: Level = lambda hours: (60 + 40 * np.minimum(hours, 5.0)) * MB  # noqa: E731
    told = [read(living("heap_floor", stops, hours=hours, swing=0.0, limit=300 * MB)) for hours in (5.0, 8.0, 12.0)]
    assert [one.condition for one in told] == [Condition.OVER, Condition.BETWEEN, Condition.UNDER]


def test_ended_lives_that_grew_as_fast_make_early_growth_sure() -> None:
    past = Past(5.0, 300.0, {"heap_floor": level(60 * MB, 40 * MB)})
    seen = with_figures(snapshot(Load()), heap_limit=YOUNG + 300 * MB)
    assert read(with_past(seen, RULE, past)).confidence < read(with_past(seen, RULE, past, ended=(past,))).confidence


def test_resident_memory_of_the_first_hours_says_nothing() -> None:
    machine = Machine(memory=1e9, available=100 * MB)
    seen = living("memory_rss", level(120 * MB, 40 * MB), hours=5.0, swing=0.0, machine=machine)
    assert rule(seen).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("hours", [2.0, 6.0])
def test_unknown_while_one_life_is_short(hours: float) -> None:
    seen = rule(leaking(hours=hours))
    assert seen.verdict is Verdict.UNKNOWN
    assert "of 200 comparisons" in seen.reading.missing[0]


def test_unknown_without_a_limit() -> None:
    seen = snapshot(Load(), senders=Senders(host=False, probe=False))
    past = Past(30, 300.0, {"memory_rss": level(120 * MB, 8 * MB)})
    answer = rule(with_past(seen, RULE, past))
    assert answer.verdict is Verdict.UNKNOWN
    assert "run the agent" in answer.reading.missing[0]
