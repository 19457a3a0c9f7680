"""descriptor-leak: descriptors that grow at equal load, and what only looks like it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import partial

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Snapshot
from advisor.vocabulary import Severity, Verdict
from tests.additions import with_figures
from tests.answers import ruled
from tests.builders import Load, Senders, snapshot
from tests.pasts import Level, Past, fills, level, with_past

RULE = "descriptor-leak"
SEEDS = (1, 2, 3)
SCALES = (1.0, 5.0)

STEADY = level(40.0)

rule = partial(ruled, RULE)


def leaking(
    descriptors: Level,
    *,
    hours: float = 4.0,
    limit: float = 1024.0,
    now: float = 500.0,
    connections: Level = STEADY,
    seed: int = 1,
    scale: float = 1.0,
    more: Mapping[str, Level] | None = None,
) -> Snapshot:
    """A process with these descriptors over its life; `now` are open at present."""
    seen = snapshot(Load(), time_scale=scale, seed=seed)
    seen = with_figures(seen, fd_open=now, fd_limit=limit, connections=40.0)
    past = Past(hours, 300.0, {"fd_open": descriptors, "connections": connections, **(more or {})})
    return with_past(seen, RULE, past, seed=seed)


def read(seen: Snapshot) -> Reading:
    return rule(seen).reading


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", SCALES)
def test_fires_for_descriptors_that_nobody_closes(seed: int, scale: float) -> None:
    found = read(leaking(level(60, 120), seed=seed, scale=scale))
    assert found.condition is Condition.OVER
    assert found.confidence >= 0.75


@pytest.mark.parametrize(("scale", "pace", "left"), [(1.0, 120, "4 hours"), (5.0, 600, "52 minutes")])
def test_the_claim_tells_times_of_the_clock(scale: float, pace: int, left: str) -> None:
    found = read(leaking(level(60, 120), scale=scale)).claim
    assert found.startswith("shop: process 1010 opens ")
    told = re.search(r"opens (\d+) more descriptors an hour than it closes", found)
    assert told
    assert int(told[1]) == pytest.approx(pace, rel=0.02)
    assert left in found


def test_the_claim_names_the_kind_that_grows() -> None:
    kinds = {"fd_files": level(20, 110), "fd_sockets": level(50, 10), "fd_pipes": level(4)}
    found = read(leaking(level(60, 120), more=kinds))
    assert "more files an hour" in found.claim
    assert any("files" in e.label for e in found.evidence)


@pytest.mark.parametrize(("limit", "severity"), [(900.0, Severity.CRITICAL), (1500.0, Severity.WARNING)])
def test_it_is_critical_where_the_end_is_near(limit: float, severity: Severity) -> None:
    assert read(leaking(level(60, 120), limit=limit)).severity is severity


@pytest.mark.parametrize(
    ("limit", "condition"), [(350 + 23 * 30.0, Condition.OVER), (350 + 26 * 30.0, Condition.BETWEEN)]
)
def test_what_has_not_become_two_hundred_more_must_end_within_a_day(limit: float, condition: Condition) -> None:
    assert read(leaking(level(200, 30), limit=limit, now=350)).condition is condition


def test_a_leak_that_is_days_old_is_a_hint_by_its_last_hours() -> None:
    """After three days twelve hours are a quarter more, and the end is days away."""
    found = read(leaking(level(1600, 32), hours=12.0, limit=4096))
    assert (found.condition, found.severity) == (Condition.OVER, Severity.INFO)


@pytest.mark.parametrize(("an_hour", "condition"), [(20.0, Condition.OVER), (8.0, Condition.BETWEEN)])
def test_it_must_grow_by_fifty(an_hour: float, condition: Condition) -> None:
    assert read(leaking(level(200, an_hour), limit=600, now=480)).condition is condition


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hours", [4.0, 12.0])
def test_stays_silent_for_idle_websockets_that_come_in(seed: int, hours: float) -> None:
    ramp = leaking(
        level(100, 200),
        connections=level(40, 200),
        more={"websockets": level(40, 200)},
        hours=hours,
        limit=4096,
        seed=seed,
    )
    assert read(ramp).condition is Condition.UNDER
    assert rule(ramp).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_a_steady_number(seed: int) -> None:
    assert rule(leaking(level(400), seed=seed)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_a_pool_that_fills(seed: int) -> None:
    assert rule(leaking(fills(60, 400, 1.0), hours=8, limit=1024, seed=seed)).verdict is not Verdict.PENDING


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_logs_that_rotate(seed: int) -> None:
    saw = leaking(lambda hours: 100 + 80 * (hours % 1.0), hours=12, seed=seed)
    assert rule(saw).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hours", [6.0, 12.0])
def test_stays_silent_for_sockets_to_others_that_follow_the_day(seed: int, hours: float) -> None:
    seen = with_figures(snapshot(Load(), seed=seed), fd_open=500.0, fd_limit=1024.0, connections=40.0)
    day: Level = lambda hours: 300 + 200 * np.sin(2 * np.pi * (hours + 7) / 24)  # noqa: E731  # one line says it
    past = Past(hours, 300.0, {"fd_open": day, "connections": level(40.0)}, swing=0.7)
    assert rule(with_past(seen, RULE, past, seed=seed)).verdict is not Verdict.PENDING


def test_stays_silent_after_the_leak_is_closed() -> None:
    assert rule(leaking(lambda hours: np.minimum(60 + 120 * hours, 300), hours=12)).verdict is not Verdict.PENDING


def test_unknown_while_one_life_is_short() -> None:
    seen = rule(leaking(level(60, 120), hours=1.5))
    assert seen.verdict is Verdict.UNKNOWN
    assert "of 200 comparisons" in seen.reading.missing[0]


def test_unknown_where_nobody_counts_descriptors_or_connections() -> None:
    bare = with_past(snapshot(Load(), senders=Senders(agent=False)), RULE, Past(4, 300, {}))
    assert "process.unix.file_descriptor.count" in rule(bare).reading.missing[0]


def test_an_unknown_limit_leaves_the_end_open() -> None:
    seen = read(leaking(level(60, 120), limit=math.nan))
    assert seen.condition is Condition.BETWEEN
    assert seen.claim.endswith("an hour than it closes")
