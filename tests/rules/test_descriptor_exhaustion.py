"""descriptor-exhaustion: processes near their limit, failures, the kernel's limit, and fast growth."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Snapshot
from advisor.vocabulary import Severity, Verdict
from advisor.vocabulary.events import EXITED
from tests.additions import happened, with_events, with_figures, with_host_figures, with_recalled
from tests.answers import option, ruled
from tests.builders import Load, Senders, service, snapshot
from tests.pasts import Level, Past, descriptors, level, with_past

RULE = "descriptor-exhaustion"
SEEDS = (1, 2, 3)
SCALES = (1.0, 5.0)
LIMIT = 1000.0
SHORT = "Error EMFILE"

rule = partial(ruled, RULE)


def holding(share: float, *, connected: float = 0.9, load: Load | None = None, scale: float = 1.0) -> Snapshot:
    """A process that holds this share of its descriptors, most of them connections, without a longer past."""
    seen = snapshot(load or Load(), time_scale=scale)
    seen = with_figures(seen, fd_open=share * LIMIT, fd_limit=LIMIT, connections=share * LIMIT * connected)
    return with_recalled(seen, RULE, service())


def risen(share: float, ago: float) -> Snapshot:
    """A process that holds this share since so many seconds, and held less before."""
    seen = holding(share)
    before = seen.window.instances[0].track.times < seen.now - ago
    return with_figures(seen, fd_open=np.where(before, 300.0, share * LIMIT))


def read(seen: Snapshot) -> Reading:
    return rule(seen).reading


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("share", "condition"), [
    (0.91, Condition.OVER), (0.81, Condition.OVER), (0.79, Condition.BETWEEN), (0.71, Condition.BETWEEN),
    (0.69, Condition.UNDER), (0.1, Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(share: float, condition: Condition, scale: float) -> None:
    assert read(holding(share, scale=scale)).condition is condition


def test_it_fires_at_the_first_look_that_shows_it() -> None:
    seen = rule(holding(0.95))
    assert seen.verdict is Verdict.FIRING
    assert seen.reading.severity is Severity.CRITICAL
    assert seen.reading.confidence >= 0.75


def test_the_claim_holds_the_counts() -> None:
    found = read(holding(0.85))
    assert found.claim == "shop: process 1010 holds 850 of the 1,000 descriptors it may open, 90% of them connections"
    assert found.severity is Severity.WARNING


def test_a_level_must_hold_for_ten_minutes() -> None:
    seen = risen(0.85, 400)
    assert read(seen).condition is Condition.BETWEEN


@pytest.mark.parametrize(("connections", "condition"), [(222, Condition.OVER), (190, Condition.BETWEEN)])
def test_connections_that_come_and_go_count_by_their_mean(connections: int, condition: Condition) -> None:
    """100 answers a second of 2 s each are 200 connections and some 14 more or fewer: 222 descriptors of 256."""
    seen = holding(0.85)
    spread = np.random.default_rng(1).normal(connections, 14, seen.window.instances[0].track.times.size)
    counts = np.minimum(spread, 255)
    counts[-3:] = connections
    seen = with_figures(seen, fd_open=counts, fd_limit=256.0, connections=counts - 22)
    assert counts.min() / 256 < 0.8
    assert read(seen).condition is condition


def test_nearly_full_for_a_minute_is_enough() -> None:
    seen = risen(0.95, 90)
    assert read(seen).condition is Condition.OVER


def test_a_burst_of_half_a_minute_is_none() -> None:
    seen = risen(0.95, 30)
    assert read(seen).condition is Condition.BETWEEN


def bursting(most: float, bursts: int) -> Snapshot:
    """A process that in so many of the last minutes holds that share for half of the minute, and 300 else."""
    seen = holding(0.3)
    ago = seen.now - seen.window.instances[0].track.times
    full = (ago % 60 < 30) & (ago < 60 * bursts + 30) & (ago >= 30)
    return with_figures(seen, fd_open=np.where(full, most * LIMIT, 300.0))


@pytest.mark.parametrize(("most", "bursts", "condition"), [
    (1.0, 6, Condition.OVER), (0.985, 4, Condition.OVER), (1.0, 1, Condition.BETWEEN), (0.95, 9, Condition.UNDER),
])  # fmt: skip
def test_all_open_again_and_again_is_exhausted_however_few_are_open_between(
    most: float, bursts: int, condition: Condition
) -> None:
    found = read(bursting(most, bursts))
    assert found.condition is condition
    if condition is Condition.OVER:
        assert found.severity is Severity.CRITICAL
        assert "and all of them at moments of" in found.claim


def test_a_higher_limit_is_offered_though_few_are_open_now() -> None:
    assert option("raise-limit", RULE, bursting(1.0, 6)).expected[0].now == pytest.approx(0.3)


@pytest.mark.parametrize(("share", "condition"), [(0.85, Condition.BETWEEN), (0.95, Condition.OVER)])
def test_a_young_process_is_judged_by_the_upper_level(share: float, condition: Condition) -> None:
    assert read(holding(share, load=Load(age=300.0))).condition is condition


def test_the_fullest_process_speaks() -> None:
    seen = with_figures(snapshot(Load(), Load()), fd_open=100.0, fd_limit=LIMIT)
    seen = with_recalled(with_figures(seen, only=1, fd_open=950.0), RULE, service())
    assert "process 1011 holds 950" in read(seen).claim


@pytest.mark.parametrize("code", ["EMFILE", "ENFILE"])
def test_a_process_that_ended_without_a_descriptor_is_critical_at_once(code: str) -> None:
    seen = with_events(holding(0.3), happened(EXITED.name, 200, exception=f"Error {code}"))
    assert rule(seen).verdict is Verdict.FIRING
    assert read(seen).severity is Severity.CRITICAL
    assert "1 process ended in the last ten minutes for want of a descriptor" in read(seen).claim


def test_it_does_not_clear_within_an_hour_of_a_failure() -> None:
    seen = with_events(holding(0.3), happened(EXITED.name, 1800, exception=SHORT))
    assert read(seen).condition is Condition.BETWEEN
    old = with_events(holding(0.3), happened(EXITED.name, 3700, exception=SHORT))
    assert read(old).condition is Condition.UNDER


@pytest.mark.parametrize("exception", ["Error ENOENT", "TypeError", ""])
def test_stays_silent_for_other_ends(exception: str) -> None:
    seen = with_events(holding(0.3), happened(EXITED.name, 200, exception=exception))
    assert rule(seen).verdict is Verdict.CLEAR


def test_the_kernel_may_be_full_as_well() -> None:
    seen = with_host_figures(holding(0.3), fd_open=95_000.0, fd_limit=100_000.0)
    assert rule(seen).verdict is Verdict.FIRING
    assert "95% of all descriptors" in read(seen).claim
    roomy = with_host_figures(holding(0.3), fd_open=9_000.0, fd_limit=9.2e18)
    assert rule(roomy).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", SCALES)
def test_fast_growth_fires_before_the_level_does(seed: int, scale: float) -> None:
    seen = descriptors(level(60, 200), now=560, seed=seed, scale=scale)
    assert read(seen).condition is Condition.OVER
    assert read(seen).severity is Severity.CRITICAL
    assert "more an hour it reaches the limit in" in read(seen).claim


@pytest.mark.parametrize(("course", "now"), [(level(60, 200), 450.0), (level(300, 90), 525.0)])
def test_stays_silent_for_growth_that_has_time(course: Level, now: float) -> None:
    assert rule(descriptors(course, now)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_idle_websockets_that_come_in(seed: int) -> None:
    ramp = level(100, 180)
    seen = descriptors(lambda hours: ramp(hours) + 60, 600, seed=seed, connections=ramp, websockets=ramp)
    assert rule(seen).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_logs_that_rotate(seed: int) -> None:
    seen = descriptors(lambda hours: 450 + 150 * (hours % 0.5), 600, seed=seed)
    assert rule(seen).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_a_steady_half(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 5, 1000)
    seen = descriptors(lambda hours: 550 + noise[: hours.size], 550, seed=seed)
    assert rule(seen).verdict is Verdict.CLEAR


def test_evidence_also_shows_what_speaks_against() -> None:
    held = {e.signal: e.holds for e in read(holding(0.3)).evidence}
    assert held["fd_long"] is False
    assert held["fd_refused"] is False
    assert held["fd_connected"] is None


def test_unknown_without_the_agent() -> None:
    seen = rule(with_recalled(snapshot(Load(), senders=Senders(agent=False)), RULE, service()))
    assert seen.verdict is Verdict.UNKNOWN
    assert "run the agent" in seen.reading.missing[0]


@pytest.mark.parametrize(("first", "name"), [(720.0, "process 1011 holds 560"), (300.0, "process 1011 holds 560")])
def test_what_grows_is_told_of_the_process_that_grows(first: float, name: str) -> None:
    seen = with_figures(snapshot(Load(), Load()), fd_limit=1000.0, connections=50.0, fd_open=first)
    seen = with_figures(seen, only=1, fd_open=560.0)
    flat = Past(2.5, 120.0, {"fd_open": level(first), "connections": level(50)})
    leak = Past(2.5, 120.0, {"fd_open": level(185, 150), "connections": level(50)})
    found = read(with_past(seen, RULE, flat, leak))
    assert found.condition is Condition.OVER
    assert name in found.claim
