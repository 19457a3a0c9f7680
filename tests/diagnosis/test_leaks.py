"""leaks: descriptors that grow within minutes, what only looks as if they did, and which memory tells of a leak."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from advisor.diagnosis import Condition
from advisor.diagnosis.growing import leaking
from advisor.features import Snapshot
from advisor.vocabulary import Severity, Verdict
from tests.additions import rows, with_figures, with_recalled
from tests.answers import ruled
from tests.builders import Load, Machine, snapshot
from tests.pasts import Level, Past, descriptors, fills, level, with_past

RULE, LEAK = "descriptor-exhaustion", "memory-leak"
SEEDS = (1, 2, 3)
SCALES = (1.0, 5.0)

rule, leaked = partial(ruled, RULE), partial(ruled, LEAK)


def since(hours: float, per_hour: float, base: float = 60.0) -> Level:
    """A level that begins to grow at some hour of the life."""
    return lambda told: base + per_hour * np.clip(told - hours, 0.0, None)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("lived", [0.4, 2.5])
def test_growth_of_minutes_is_foreseen_as_far_ahead_as_it_was_seen(lived: float, scale: float, seed: int) -> None:
    """20 minutes of 27 a minute, and 15 minutes left: in a process that has just begun, and in an old one."""
    seen = descriptors(since(lived - 1 / 3, 1620), now=600, seed=seed, scale=scale, lived=lived)
    assert rule(seen).reading.condition is Condition.OVER
    assert "more an hour it reaches the limit in" in rule(seen).reading.claim
    left = next(e.value for e in rule(seen).reading.evidence if e.signal == "time_to_limit")
    assert left == pytest.approx(400 / 27 * 60 / scale, rel=0.2)
    assert rule(seen).reading.severity is Severity.CRITICAL
    assert leaking(rule(seen)).endswith("nobody closes them")


@pytest.mark.parametrize("scale", SCALES)
def test_growth_of_ten_minutes_shows_in_the_rows_of_seconds(scale: float) -> None:
    """Before the rows of minutes have anything to compare: 40 a minute, and seven minutes left."""
    seen = descriptors(since(0.0, 2400), now=720, scale=scale, lived=0.25)
    past = seen.recalled(RULE)
    assert past is not None
    few = replace(past.window.instances[0], track=rows(120.0, 60.0, fd_open=700.0, requests=3000.0))
    assert rule(with_recalled(seen, RULE, replace(past.window, instances=(few,)))).reading.condition is Condition.OVER


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("minutes", "now"), [(2, 600.0), (20, 400.0)])
def test_stays_silent_for_growth_of_few_minutes_and_below_half(minutes: float, now: float, seed: int) -> None:
    grows = since(2.5 - minutes / 60, (now - 60) / minutes * 60)
    assert rule(descriptors(grows, now, seed=seed)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_growth_of_minutes_that_has_longer_than_it_was_seen(seed: int) -> None:
    grows = since(2.5 - 20 / 60, 600, base=400.0)
    assert rule(descriptors(grows, 600, seed=seed)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_a_pool_of_connections_that_has_filled(seed: int) -> None:
    began, most = 2.5 - 20 / 60, fills(60.0, 650.0, over=0.06)
    filling = descriptors(lambda told: most(np.clip(told - began, 0.0, None)), 650, seed=seed)
    assert rule(filling).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_files_that_are_opened_and_closed_in_turn(seed: int) -> None:
    """Up by 20 a minute for half an hour, then all are closed, again and again."""
    turns = descriptors(lambda told: 60 + 1200 * ((told + 0.15) % 0.5), 600, seed=seed)
    assert rule(turns).verdict is Verdict.CLEAR


def hanging(course: Level, beside: Level, *, scale: float = 1.0, seed: int = 1) -> Snapshot:
    """A process of which so many requests are under way, and that holds a descriptor for each beside others."""
    whole: Level = lambda hours: course(hours) + beside(hours)  # noqa: E731 - two levels in one
    seen = descriptors(whole, float(whole(np.array([2.5]))[0]), seed=seed, scale=scale,
                       request_time=lambda hours: 120 / scale * course(hours))  # fmt: skip
    track = seen.window.instances[0].track
    return with_figures(seen, request_time=track.spans * course(2.5 + (track.times - seen.now) * scale / 3600))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("minutes", [20, 45])
def test_calls_that_hang_hold_descriptors_and_leak_none(minutes: float, scale: float, seed: int) -> None:
    """As many requests a second as ever, each of which takes longer and longer."""
    found = rule(hanging(since(2.5 - minutes / 60, 480 / minutes * 60, 120.0), level(60), scale=scale, seed=seed))
    assert leaking(found) == ""
    assert found.reading.condition is not Condition.OVER


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", SCALES)
def test_what_leaks_beside_calls_that_are_slow_all_the_time_is_still_seen(scale: float, seed: int) -> None:
    found = rule(hanging(level(150), since(2.5 - 1 / 3, 1620), scale=scale, seed=seed))
    assert found.reading.condition is Condition.OVER
    assert leaking(found).endswith("nobody closes them")


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_descriptors_that_follow_the_load(seed: int) -> None:
    """Twice the requests within 20 minutes, and a descriptor to another service for each of them."""
    ramp = since(2.5 - 20 / 60, 1650)
    seen = descriptors(ramp, 610, seed=seed)
    past = seen.recalled(RULE)
    assert past is not None
    track = past.window.instances[0].track
    track.values["requests"][:] = track.values["fd_open"] * 10
    assert rule(seen).verdict is Verdict.CLEAR


@pytest.mark.parametrize(("an_hour", "condition"), [(8, Condition.OVER), (0, Condition.UNDER)])
def test_where_the_heap_is_seldom_told_resident_memory_stands_for_it(an_hour: float, condition: Condition) -> None:
    used = level(80e6, an_hour * 1e6)
    told = {"heap_used": lambda hours: np.where(np.arange(hours.size) % 8 == 0, used(hours), np.nan),
            "memory_rss": level(120e6, an_hour * 1e6)}  # fmt: skip
    seen = snapshot(Load(), machine=Machine(memory=1e9, available=300e6))
    assert leaked(with_past(seen, LEAK, Past(30, 300.0, told, swing=0.3))).reading.condition is condition
