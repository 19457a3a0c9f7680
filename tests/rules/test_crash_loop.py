"""crash-loop: processes that end again and again, and all that only looks so."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Happening, Life, Snapshot
from advisor.vocabulary import PartKind, Severity, Verdict
from advisor.vocabulary.events import EXITED, Cause
from tests.additions import happened, life, with_events, with_figures, with_lives, with_part, with_window
from tests.answers import ruled
from tests.builders import Load, Senders, snapshot

ERROR: dict[str, Any] = {
    "cause": Cause.UNCAUGHT_EXCEPTION,
    "exception": "TypeError",
    "function": "parse",
    "file": "a.js",
    "line": 3,
}

rule = partial(ruled, "crash-loop")


def crashing(count: int, every: float = 60.0, first: int = 100, **said: Any) -> tuple[list[Life], list[Happening]]:
    """A process that ends every so many seconds, the last time just now, and its successors."""
    said = said or {"exit_code": 1}
    ends = [10.0 + every * n for n in reversed(range(count))]
    lives = [life(ago + every - 5, ago, first + n, version="1.1") for n, ago in enumerate(ends)]
    return lives, [happened(EXITED.name, ago, first + n, **said) for n, ago in enumerate(ends)]


def seen(lives: list[Life], events: list[Happening], base: Snapshot | None = None) -> Snapshot:
    return with_events(with_lives(base or snapshot(), *lives), *events)


def read(found: Snapshot) -> Reading:
    return rule(found).reading


@pytest.mark.parametrize(("count", "condition"), [
    (0, Condition.UNDER), (1, Condition.UNDER), (2, Condition.BETWEEN), (3, Condition.OVER), (9, Condition.OVER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(count: int, condition: Condition) -> None:
    assert read(seen(*crashing(count))).condition is condition


def test_it_fires_at_the_first_look_and_is_critical() -> None:
    found = rule(seen(*crashing(3)))
    assert found.verdict is Verdict.FIRING
    assert found.reading.severity is Severity.CRITICAL


def test_the_claim_names_code_exception_and_place() -> None:
    claim = read(seen(*crashing(4, exit_code=1, **ERROR))).claim
    assert claim == (
        "shop: a process ended 4 times in 15 minutes, last with exit code 1 after TypeError in parse (a.js:3)"
    )
    assert read(seen(*crashing(3, signal="SIGSEGV"))).claim.endswith("last by SIGSEGV")


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_it_speaks_where_no_process_is_left(time_scale: float) -> None:
    found = seen(*crashing(3, every=60 / time_scale))
    dead = Snapshot(with_window(found, instances=()).window, found.now, time_scale)
    assert not dead.processes
    assert rule(dead).verdict is Verdict.FIRING


def test_it_speaks_where_all_processes_are_young() -> None:
    assert rule(seen(*crashing(3, every=20), snapshot(Load(age=8)))).verdict is Verdict.FIRING


def test_seconds_are_those_of_the_decision_model() -> None:
    found = seen(*crashing(4, every=100))
    assert read(found).condition is Condition.OVER
    assert read(Snapshot(found.window, found.now, 5.0)).condition is Condition.BETWEEN


def test_twice_in_each_of_two_places() -> None:
    (lives, events), (others, more) = crashing(2), crashing(2, first=300)
    elsewhere = [replace(one, host_id=2) for one in others]
    assert read(seen(lives + elsewhere, events + more)).condition is Condition.OVER


def test_children_that_never_reported_are_told_of_by_their_primary() -> None:
    deaths = [happened(EXITED.name, 10 + 30 * n, 20, pid=700 + n, exit_code=1) for n in range(3)]
    assert read(seen([life(5000, 0, 20, role="primary")], deaths)).condition is Condition.OVER


def test_what_pm2_gave_up_needs_no_end_and_no_process() -> None:
    app: dict[str, Any] = {"active": 0, "errored": 1, "restarts": [*([0.0] * 60), *([16.0] * 30)]}
    found = with_part(with_window(snapshot(), instances=()), PartKind.APP, "shop", **app)
    assert rule(found).verdict is Verdict.FIRING
    assert "PM2 has given up 1 process after 16 restarts" in read(found).claim


def test_restarts_right_after_a_start_that_pm2_still_counts() -> None:
    counted = [*([0.0] * 60), *([5.0] * 30)]
    found = with_part(with_figures(snapshot(), restarts_unstable=4), PartKind.APP, "shop", restarts=counted)
    assert read(found).condition is Condition.OVER


def test_silent_for_what_pm2_counted_long_ago() -> None:
    found = with_part(with_figures(snapshot(), restarts_unstable=9), PartKind.APP, "shop", restarts=30, errored=0)
    assert rule(found).verdict is Verdict.CLEAR


def test_silent_for_another_app_that_pm2_gave_up() -> None:
    assert rule(with_part(snapshot(), PartKind.APP, "other", errored=1)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("said", [{"signal": "SIGTERM"}, {"exit_code": 0}, {"exit_code": 143}, {"signal": "SIGINT"}])
def test_silent_for_processes_that_were_asked_to_stop(said: dict[str, Any]) -> None:
    found = rule(seen(*crashing(8, **said)))
    assert found.verdict is Verdict.CLEAR
    assert found.reading.claim == "shop: 0 processes ended unplanned in 15 minutes"


def test_silent_for_a_deploy_that_kills_what_does_not_stop() -> None:
    old = [life(9000, 300 - 20 * n, n, version="1.0") for n in range(8)]
    new = [life(295 - 20 * n, 0, 50 + n, version="1.1") for n in range(8)]
    kills = [happened(EXITED.name, 300 - 20 * n, n, signal="SIGKILL") for n in range(8)]
    assert rule(seen(old + new, kills)).verdict is Verdict.CLEAR


def test_silent_for_ends_of_long_ago() -> None:
    lives = [life(5000 - 60 * n, 4950 - 60 * n, n) for n in range(5)]
    events = [happened(EXITED.name, 4950 - 60 * n, n, exit_code=1) for n in range(5)]
    assert rule(seen(lives, events)).verdict is Verdict.CLEAR


def test_silent_for_a_healthy_service_without_any_end() -> None:
    assert rule(seen([life(86400, 0, 10)], [])).verdict is Verdict.CLEAR


def test_a_process_that_ends_for_want_of_work_counts_although_its_code_is_0() -> None:
    assert read(seen(*crashing(3, exit_code=0, cause=Cause.OUT_OF_WORK))).condition is Condition.OVER


def test_the_version_is_named_with_which_it_began() -> None:
    lives, events = crashing(3, every=30)
    old = life(9000, 100, 1, version="1.0")
    stop = happened(EXITED.name, 100, 1, signal="SIGTERM")
    assert read(seen([old, *lives], [stop, *events])).claim.endswith("since version 1.1")


def test_no_version_is_blamed_where_it_crashed_before() -> None:
    lives, events = crashing(3, every=30)
    old = [life(9000, 150, 1, version="1.0"), life(145, 100, 2, version="1.0")]
    crash = happened(EXITED.name, 150, 1, exit_code=1)
    stop = happened(EXITED.name, 100, 2, signal="SIGTERM")
    assert "since" not in read(seen([*old, *lives], [crash, stop, *events])).claim


def test_unknown_where_processes_vanish_and_nobody_tells_how() -> None:
    gone = [life(600 - 60 * n, 550 - 60 * n, n) for n in range(5)]
    found = rule(seen(gone, [], snapshot(senders=Senders(agent=False))))
    assert found.verdict is Verdict.UNKNOWN
    assert "run the agent" in found.reading.missing[0]


def test_evidence_lists_all_that_it_looked_at() -> None:
    signals = {one.signal: one for one in read(seen(*crashing(3))).evidence}
    assert (signals["ends"].value, signals["ends"].holds) == (3.0, True)
    assert (signals["places"].value, signals["places"].holds) == (1.0, False)


@pytest.mark.parametrize(("count", "every", "condition"), [
    (8, 600, Condition.OVER), (8, 840, Condition.OVER), (4, 900, Condition.OVER), (3, 900, Condition.BETWEEN),
    (2, 900, Condition.UNDER), (8, 1500, Condition.BETWEEN), (8, 1900, Condition.UNDER),
])  # fmt: skip
def test_one_exception_again_and_again_within_an_hour(count: int, every: float, condition: Condition) -> None:
    found = read(seen(*crashing(count, every=every, exit_code=1, **ERROR)))
    assert found.condition is condition
    if condition is Condition.OVER:
        assert found.severity is Severity.WARNING
        assert found.claim.endswith("times in an hour, last with exit code 1 after TypeError in parse (a.js:3)")


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_an_hour_is_one_of_the_decision_model(time_scale: float) -> None:
    slow = seen(*crashing(6, every=800 / time_scale, exit_code=1, **ERROR))
    assert rule(Snapshot(slow.window, slow.now, time_scale)).verdict is Verdict.FIRING
    assert rule(Snapshot(slow.window, slow.now, 2 * time_scale)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("said", [
    {"exit_code": 1}, {"signal": "SIGSEGV"}, {"signal": "SIGKILL"}, {"signal": "SIGTERM"}, {"exit_code": 0},
])  # fmt: skip
def test_silent_for_slow_ends_without_an_exception(said: dict[str, Any]) -> None:
    assert rule(seen(*crashing(8, every=1000, **said))).verdict is Verdict.CLEAR


def test_silent_for_another_error_each_time() -> None:
    lives, events = crashing(6, every=1000, exit_code=1, **ERROR)
    others = [replace(event, line=n) for n, event in enumerate(events)]
    named = [replace(event, exception=f"E{n}") for n, event in enumerate(events)]
    assert rule(seen(lives, others)).verdict is Verdict.CLEAR
    assert rule(seen(lives, named)).verdict is Verdict.CLEAR


def test_it_is_over_a_quarter_of_an_hour_after_the_last() -> None:
    found = seen(*crashing(20, every=100, exit_code=1, **ERROR))
    assert read(found).severity is Severity.CRITICAL
    assert read(Snapshot(found.window, found.now + 895)).condition is Condition.UNDER
