"""dropped-at-deploy: requests that releases cost, and failures that only happen at the same time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Happening, InstanceWindow, Life, ServiceWindow, Snapshot
from advisor.vocabulary import Verdict
from advisor.vocabulary.events import EXITED
from tests.additions import happened, life, rows, with_events, with_lives, with_recalled
from tests.answers import ruled
from tests.builders import NOW, Load, Senders, snapshot

DAY = 86400.0
SEEDS = (1, 2, 3)

rule = partial(ruled, "dropped-at-deploy")


def released(
    *lost: float,
    rps: float = 20.0,
    usual: float = 0.0002,
    before: float = 0.0,
    later: float = 0.0,
    elsewhere: float = 0.0,
    seed: int = 1,
    time_scale: float = 1.0,
    newest: float = 3600.0,
    row: float = 0.0,
    gap: float = 20 * 3600,
    **said: Any,
) -> Snapshot:
    """A service with two processes and a deploy each `gap` seconds that lost so many requests, the newest last.

    `before` requests are in flight in the minutes before; `later` is the share that fails for half an hour after each
    deploy, `elsewhere` the share of minutes that lose 40.
    A row stands for a minute of the decision model, or for `row` seconds.
    """
    draw = np.random.default_rng(seed)
    scale = time_scale
    agos = [(newest + gap * n) for n in reversed(range(len(lost)))]
    track = rows(3 * DAY / scale, row or 60 / scale)
    if row:
        track = replace(track, times=track.times - NOW % row + row)  # the store's rows end on the clock
    requests = draw.poisson(rps * 60, track.times.size).astype(float)
    failed = draw.poisson(requests * usual).astype(float)
    failed[draw.random(failed.size) < elsewhere] += 40
    for ago, count in zip(agos, lost, strict=True):
        place = int(np.searchsorted(track.times, NOW - ago / scale))
        failed[place] += count
        failed[place : place + 30] += later * requests[place : place + 30]
    values = {"requests": requests, "request_errors": failed, "requests_active": np.full(failed.size, before)}
    lives, events = _processes(agos, scale, said or {"exit_code": 0})
    cut = {"requests_active": np.full(track.times.size, before)}
    one = [
        InstanceWindow(
            each.instance_id, 1, each.pid, "single", each.started, replace(track, values=cut if n else values)
        )
        for n, each in enumerate(lives)
    ]
    past = ServiceWindow(1, "shop", NOW - 3 * DAY, NOW, tuple(one), ())
    seen = snapshot(Load(), Load(), time_scale=scale)
    return with_recalled(with_events(with_lives(seen, *lives), *events), "dropped-at-deploy", past)


def _processes(agos: list[float], scale: float, said: dict[str, Any]) -> tuple[list[Life], list[Happening]]:
    """Two processes a version, replaced one after the other."""
    lives: list[Life] = []
    events: list[Happening] = []
    begins = [3 * DAY - 60, *agos]
    ends = [*agos, 0.0]
    for version, (began, ended) in enumerate(zip(begins, ends, strict=True)):
        for place in range(2):
            key, shift = 10 * version + place, 20.0 * place
            stop = max(0.0, ended - shift) / scale
            lives.append(life((began - shift) / scale, stop, key, version=f"1.{version}"))
            if ended:
                events.append(happened(EXITED.name, stop, key, **said))
    return lives, events


def read(seen: Snapshot) -> Reading:
    return rule(seen).reading


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_fires_where_two_of_three_deploys_lose_requests(seed: int, time_scale: float) -> None:
    found = rule(released(40, 0, 40, seed=seed, time_scale=time_scale))
    assert found.verdict is Verdict.FIRING
    assert found.reading.confidence >= 0.75


@pytest.mark.parametrize("newest", [3600.0, 3725.0, 3850.0, 3975.0, 4100.0])
@pytest.mark.parametrize("said", [{"exit_code": 0}, {"signal": "SIGTERM"}])
def test_rows_of_the_store_may_be_longer_than_a_minute_of_a_fast_clock(newest: float, said: dict[str, Any]) -> None:
    cut, failed = (40.0, 0.0) if "signal" in said else (0.0, 40.0)
    told = partial(released, newest=newest, time_scale=10.0, row=60.0, usual=0.0, **said)
    found = rule(told(failed, failed, failed, before=cut))
    assert found.verdict is Verdict.FIRING
    assert rule(told(0, 0, 0)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_cut_off_is_lost_however_much_fails_at_other_times(seed: int) -> None:
    """36 of 60 requests a second are in flight: 2% of half a minute, and 0.4% of the minutes around the deploy."""
    told = partial(released, rps=60, before=36, usual=0.015, seed=seed)
    assert rule(told(0, 0, 0, signal="SIGTERM")).verdict is Verdict.FIRING
    assert rule(told(0, 0, 0)).verdict is Verdict.CLEAR, "they finished and exited with 0"
    assert rule(released(0, 0, 0, rps=3_000, before=36, seed=seed, signal="SIGTERM")).verdict is Verdict.CLEAR


@pytest.mark.parametrize("said", [{"exit_code": 0}, {"signal": "SIGTERM"}])
def test_deploys_minutes_apart_each_count(said: dict[str, Any]) -> None:
    told = partial(released, gap=300.0, usual=0.0)
    assert read(told(60, 60, 60, **said)).claim.startswith("shop: 3 of the last 3 deploys dropped requests")
    assert rule(told(60, 60, 60, **said)).verdict is Verdict.FIRING
    assert rule(told(0, 0, 0, **said)).verdict is Verdict.CLEAR


def test_the_claim_says_how_many_and_when() -> None:
    claim = read(released(60, 60, 60, usual=0.0)).claim
    assert claim.startswith("shop: 3 of the last 3 deploys dropped requests, the newest 60 (1")
    assert claim.endswith("while 2 processes stopped")


@pytest.mark.parametrize(("active", "claim"), [
    (20, "3 of the last 3 deploys dropped requests, the newest 40 while"), (2, "3 deploys in three days cost no"),
])  # fmt: skip
def test_while_the_requests_around_a_deploy_are_not_told_the_present_ones_stand_for_them(
    active: int, claim: str
) -> None:
    """The store's minutes come late, and a fast clock has many deploys in one."""
    seen = released(0, 0, 0, usual=0.0, exit_code=0, active=active)
    past = seen.recalled("dropped-at-deploy")
    assert past is not None
    track = past.window.instances[0].track
    track.values["requests"][track.times > NOW - 4000] = 0.0
    assert claim in read(seen).claim


@pytest.mark.parametrize(("lost", "condition"), [
    ((40, 40), Condition.OVER), ((0, 0, 40), Condition.BETWEEN), ((0, 0, 60), Condition.OVER),
    ((9, 9, 9), Condition.UNDER), ((60, 60, 0, 0, 0), Condition.UNDER), ((0, 0, 0), Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(lost: tuple[float, ...], condition: Condition) -> None:
    assert read(released(*lost, usual=0.0, rps=10)).condition is condition


def test_a_small_share_and_a_usual_one_are_no_loss() -> None:
    assert read(released(40, 40, 40, rps=200)).condition is Condition.UNDER
    assert read(released(40, 40, 40, usual=0.01)).condition is Condition.UNDER


def test_requests_in_flight_of_processes_without_a_handler_are_lost() -> None:
    found = read(released(0, 0, before=30, usual=0.0, signal="SIGTERM"))
    assert found.condition is Condition.OVER
    assert "about 60" in found.claim
    assert {one.value for one in found.evidence if one.signal == "unhandled"} == {2.0}


@pytest.mark.parametrize("said", [
    {"exit_code": 0}, {"exit_code": 143}, {"exit_code": 0, "signal": "SIGTERM"}, {"exit_code": 1, "cause": "exit"},
])  # fmt: skip
@pytest.mark.parametrize("time_scale", [1.0, 10.0])
def test_requests_in_flight_as_a_process_says_at_its_end_are_lost(said: dict[str, Any], time_scale: float) -> None:
    """As where a handler of SIGTERM calls process.exit: what was counted a minute before says nothing of it."""
    found = rule(released(0, 0, 0, rps=20 / time_scale, usual=0.0, time_scale=time_scale, active=8, **said))
    assert found.verdict is Verdict.FIRING
    assert found.reading.confidence >= 0.75
    assert "the newest 16 (" in found.reading.claim
    assert {one.value for one in found.reading.evidence if one.signal == "hasty"} == {2.0}
    assert {one.value for one in found.reading.evidence if one.signal == "unhandled"} == {0.0}


@pytest.mark.parametrize(("active", "condition"), [(3, Condition.OVER), (2, Condition.UNDER)])
def test_five_of_which_processes_tell_themselves_are_enough(active: int, condition: Condition) -> None:
    assert read(released(0, 0, 0, rps=10, usual=0.0, exit_code=0, active=active)).condition is condition
    guessed = read(released(0, 0, 0, rps=10, usual=0.0, before=active, signal="SIGTERM"))
    assert guessed.condition is Condition.UNDER


@pytest.mark.parametrize("cause", ["uncaught-exception", "unhandled-rejection", "out-of-work"])
def test_what_a_failure_leaves_unanswered_is_not_the_deploy_s(cause: str) -> None:
    assert rule(released(0, 0, 0, usual=0.0, exit_code=1, cause=cause, active=20)).verdict is Verdict.CLEAR


@pytest.mark.parametrize(("active", "rps"), [(0, 20.0), (2, 20.0), (8, 200.0)])
def test_silent_where_processes_end_with_none_or_few_requests_in_flight(active: int, rps: float) -> None:
    assert rule(released(0, 0, 0, rps=rps, usual=0.0, exit_code=0, active=active)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("said", [{"exit_code": 0}, {"exit_code": 143}])
def test_silent_where_processes_end_in_order_with_requests_in_flight_a_minute_before(said: dict[str, Any]) -> None:
    assert rule(released(0, 0, 0, before=30, **said)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_silent_where_the_new_version_itself_fails(seed: int) -> None:
    assert rule(released(0, 0, 0, later=0.05, seed=seed)).verdict is Verdict.CLEAR


def test_silent_where_as_much_fails_at_other_times() -> None:
    assert rule(released(40, 40, 40, elsewhere=0.05, usual=0.0)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_silent_for_deploys_that_cost_nothing(seed: int, time_scale: float) -> None:
    seen = released(0, 0, 0, seed=seed, time_scale=time_scale)
    assert (rule(seen).verdict, read(seen).claim) == (Verdict.CLEAR, "shop: 3 deploys in three days cost no requests")


def test_silent_without_deploys() -> None:
    assert rule(released()).verdict is Verdict.CLEAR
    assert read(released()).claim == "shop: 0 deploys in three days"


def test_a_deploy_that_is_not_over_is_not_judged() -> None:
    assert read(released(90, newest=60)).condition is Condition.UNDER


def test_young_processes_are_no_reason_to_wait() -> None:
    seen = released(40, 40, 40, newest=200)
    young = tuple(replace(one, started=NOW - 150) for one in seen.window.instances)
    found = rule(replace(seen, window=replace(seen.window, instances=young)))
    assert found.verdict is Verdict.FIRING


def test_silent_for_crashes() -> None:
    seen = released(60, 60, 60)
    same = tuple(replace(each, version="1.0") for each in seen.window.lives)
    crashed = tuple(replace(event, exit_code=1) for event in seen.window.events)
    assert rule(replace(seen, window=replace(seen.window, lives=same, events=crashed))).verdict is Verdict.CLEAR


def test_unknown_where_nobody_counts_requests() -> None:
    blind = snapshot(senders=Senders(probe=False))
    seen = with_recalled(blind, "dropped-at-deploy", blind.window)
    assert rule(seen).verdict is Verdict.UNKNOWN
    assert "Requests answered" in rule(seen).reading.missing[0]
