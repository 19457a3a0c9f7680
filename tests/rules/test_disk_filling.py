"""disk-filling: disks that come to their end, and those that are only nearly full, or emptied again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading, RuleState
from advisor.features import HostWindow, PartWindow, ServiceWindow, Snapshot, Track
from advisor.features.window import Array
from advisor.vocabulary import PartKind, Severity, Verdict
from tests.additions import rows, with_part, with_recalled
from tests.answers import ruled
from tests.builders import NOW, Senders, snapshot

GB = 1e9
SIZE = 100 * GB
SEEDS = (1, 2, 3)

Course = Callable[[Array], Array]
"""Used GB by the hours before now (negative), of a disk of 100 GB."""

rule = partial(ruled, "disk-filling")


def grows(used: float, an_hour: float) -> Course:
    return lambda hours: used + an_hour * hours


def saw(bottom: float, height: float, period: float, age: float, trend: float = 0.0) -> Course:
    """Grows by `height` each `period` hours and falls; the last fall was `age` hours ago."""
    return lambda hours: bottom + trend * hours + height * (((hours + age) % period) / period)


def disk(
    course: Course,
    days: float = 3.0,
    noise: float = 0.0,
    seed: int = 1,
    time_scale: float = 1.0,
    inodes: Course | None = None,
    into: int = 3,
) -> Snapshot:
    """A service on a host with such a disk; its past as stored: means of five minutes, now `into` the last."""
    draw = np.random.default_rng(seed)
    minutes = np.arange(-round(days * 1440), 0)
    cells = (minutes + 5 - into) // 5
    edges = np.flatnonzero(np.diff(cells, prepend=cells[0] - 1))
    ends = np.minimum((cells[edges] + 1) * 5 - (5 - into), 0)

    def told(course: Course, factor: float, noise: float = 0.0) -> Array:
        figures = course((minutes + 0.5) / 60) * factor
        means = np.add.reduceat(figures, edges) / np.diff(np.append(edges, minutes.size))
        return np.asarray(means + draw.normal(0, noise * factor, edges.size))

    levels = {
        "used": told(course, GB, noise),
        "capacity": np.full(edges.size, SIZE),
        "inodes_used": told(inodes or grows(10, 0), 1e4),
        "inodes": np.full(edges.size, 1e6),
    }
    seen = snapshot(time_scale=time_scale)
    now = {name: float(level[-1]) for name, level in levels.items()}
    now["used"] = float(course(np.zeros(1))[0]) * GB
    seen = with_part(seen, PartKind.DISK, "/", **now)
    track = Track(NOW + ends * 60 / time_scale, np.full(edges.size, 300 / time_scale), levels)
    part = PartWindow(PartKind.DISK, "/", track)
    past = ServiceWindow(1, "shop", NOW - days * 86400, NOW, (), (HostWindow(1, "web-1", rows(60, 60), (part,)),))
    return with_recalled(seen, "disk-filling", past)


def read(seen: Snapshot) -> Reading:
    return rule(seen).reading


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("noise", [0.0, 0.05, 0.3])
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_fires_where_the_disk_is_full_within_a_day(seed: int, noise: float, time_scale: float) -> None:
    found = read(disk(grows(70, 2), noise=noise, seed=seed, time_scale=time_scale, days=2))
    assert found.condition is Condition.OVER
    assert found.severity is Severity.WARNING
    assert found.confidence >= 0.75


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_the_claim_says_when(time_scale: float) -> None:
    claim = read(disk(grows(70, 2), time_scale=time_scale)).claim
    assert claim == "shop: 30% of / on web-1 is free, and at 2 GB an hour nothing in 15 hours"


@pytest.mark.parametrize(("used", "an_hour", "condition"), [
    (70, 1.3, Condition.OVER), (70, 1.1, Condition.BETWEEN), (70, 0.6, Condition.UNDER),
    (61, 2, Condition.OVER), (58, 3, Condition.BETWEEN), (49, 6, Condition.UNDER),
    (90.5, 0, Condition.OVER), (85, 0, Condition.BETWEEN), (79, 0, Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(used: float, an_hour: float, condition: Condition) -> None:
    assert read(disk(grows(used, an_hour))).condition is condition


def test_it_is_critical_within_four_hours_or_almost_at_the_end() -> None:
    assert read(disk(grows(85, 4.5))).severity is Severity.CRITICAL
    assert read(disk(grows(85, 3))).severity is Severity.WARNING
    assert read(disk(grows(96, 0))).severity is Severity.CRITICAL


def test_inodes_count_as_well() -> None:
    found = read(disk(grows(20, 0), inodes=grows(80, 4)))
    assert found.condition is Condition.OVER
    assert "20% of the inodes of / on web-1 are free" in found.claim


def since(ago: float, used: float, an_hour: float) -> Course:
    """Flat, and since so many hours growing to what is used now."""
    return lambda hours: used - an_hour * ago + an_hour * np.maximum(0.0, hours + ago)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
@pytest.mark.parametrize(("ago", "used", "an_hour"), [(1.2, 62, 40), (2.3, 70, 18), (3.2, 75, 10)])
def test_a_log_that_runs_away_is_told_of_as_far_ahead_as_it_ran(
    ago: float, used: float, an_hour: float, time_scale: float, seed: int
) -> None:
    for into in (1, 2, 3, 4, 5):
        found = read(disk(since(ago, used, an_hour), noise=0.05, seed=seed, time_scale=time_scale, into=into))
        assert found.condition is Condition.OVER
        assert f"at {an_hour}" in found.claim
        young = read(disk(since(ago, used, an_hour), days=ago / 24, time_scale=time_scale, into=into))
        assert young.condition is Condition.OVER


@pytest.mark.parametrize(("ago", "used", "an_hour"), [
    (0.5, 62, 40),  # half an hour is an upload or a build
    (1.2, 62, 30),  # 76 minutes are left, more than were seen
    (1.4, 70, 16),
])  # fmt: skip
def test_stays_silent_for_growth_that_was_seen_for_less_than_what_is_left(
    ago: float, used: float, an_hour: float
) -> None:
    assert rule(disk(since(ago, used, an_hour))).verdict is Verdict.CLEAR
    assert rule(disk(since(ago, used, an_hour), days=ago / 24)).verdict is Verdict.CLEAR


def nightly(hours: Array) -> Array:
    """A job of 72 minutes that began 70 minutes ago, as in each night, and writes 20 GB an hour."""
    nights, since = np.divmod(hours + 70 / 60, 24)
    return np.asarray(58 + 24 * nights + 20 * np.clip(since, 0, 1.2))


def test_stays_silent_for_a_job_that_writes_as_much_each_night() -> None:
    assert read(disk(nightly)).condition is Condition.BETWEEN
    assert rule(disk(nightly)).verdict is Verdict.CLEAR
    assert read(disk(lambda hours: np.where(hours < -2, 58.0, nightly(hours)))).condition is Condition.OVER


@pytest.mark.parametrize("into", [1, 3, 5])
@pytest.mark.parametrize("every", [0.5, 0.6, 1.0])
def test_stays_silent_for_what_grew_in_pieces(every: float, into: int) -> None:
    def pieces(hours: Array) -> Array:
        return np.asarray(50 + 22 * every * np.floor(np.maximum(0, hours + 1.5) / every))

    assert rule(disk(pieces, into=into)).verdict is Verdict.CLEAR


def test_growth_that_began_today_is_seen_although_days_were_flat() -> None:
    assert read(disk(lambda hours: 65 + np.maximum(0, hours + 8) * 1.5)).condition is Condition.OVER


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("period", "age"), [(6, 5), (24, 20), (24, 7), (12, 11)])
def test_silent_where_rotation_removes_what_grew(period: float, age: float, seed: int) -> None:
    found = disk(saw(55, 25, period, age), noise=0.1, seed=seed)
    assert read(found).condition is not Condition.OVER
    assert rule(found).verdict is Verdict.CLEAR


def test_a_saw_whose_low_points_rise_is_growth() -> None:
    found = read(disk(saw(75, 6, 6, 3, trend=1.2)))
    assert found.condition is Condition.OVER
    assert any("low point" in one.label for one in found.evidence)


def test_a_rotation_that_has_stopped_is_growth() -> None:
    def stopped(hours: Array) -> Array:
        course: Array = np.where(hours < -30, saw(30, 20, 12, 6)(hours), 30 + (hours + 30) * 20 / 12)
        return course

    assert read(disk(stopped)).condition is Condition.OVER


def test_silent_for_work_by_day_that_does_not_fill_it_for_days() -> None:
    def by_day(hours: Array) -> Array:
        whole = np.floor((hours + 6) / 24)
        course: Array = 66 + 9 * (whole + np.clip((hours + 6 - 24 * whole) / 6, 0, 1))
        return course

    assert rule(disk(by_day)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("used", [20, 60, 75])
@pytest.mark.parametrize("seed", SEEDS)
def test_silent_for_a_disk_that_does_not_grow(used: float, seed: int) -> None:
    assert rule(disk(grows(used, 0), noise=0.1, seed=seed)).verdict is Verdict.CLEAR


def test_silent_where_it_empties() -> None:
    assert rule(disk(grows(75, -2))).verdict is Verdict.CLEAR


def test_one_big_file_is_no_trend() -> None:
    assert rule(disk(lambda hours: np.where(hours > -1, 70.0, 45.0))).verdict is Verdict.CLEAR


def test_the_hard_level_needs_no_past() -> None:
    assert read(disk(grows(92, 3), days=0.05)).condition is Condition.OVER
    short = read(disk(grows(70, 3), days=0.1))
    assert short.condition is Condition.BETWEEN
    assert next(one for one in short.evidence if one.signal == "exhausted").value is None


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
@pytest.mark.parametrize(("used", "ago", "verdict"), [
    (96, 120, Verdict.FIRING), (96, 60, Verdict.PENDING), (94, 120, Verdict.PENDING), (94, 600, Verdict.FIRING),
])  # fmt: skip
def test_a_disk_with_nearly_nothing_left_is_told_of_at_the_next_look(
    used: float, ago: float, verdict: Verdict, time_scale: float
) -> None:
    state = RuleState(Verdict.PENDING, NOW - ago / time_scale, over_since=NOW - ago / time_scale, seen=NOW - 1)
    assert rule(disk(grows(used, 0), time_scale=time_scale), state).verdict is verdict


def test_unknown_without_filesystems() -> None:
    seen = with_recalled(snapshot(senders=Senders(host=False)), "disk-filling", snapshot().window)
    assert rule(seen).verdict is Verdict.UNKNOWN
    assert "run the agent" in rule(seen).reading.missing[0]
