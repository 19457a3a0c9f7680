"""dropped-at-deploy: requests that releases cost, and failures that only happen at the same time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Snapshot
from advisor.vocabulary import Verdict
from tests.additions import with_recalled
from tests.answers import ruled
from tests.builders import NOW, Load, Senders, snapshot
from tests.releases import released

SEEDS = (1, 2, 3)

rule = partial(ruled, "dropped-at-deploy")


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


@pytest.mark.parametrize(("active", "condition"), [(3, Condition.BETWEEN), (2, Condition.UNDER)])
def test_five_of_which_processes_tell_themselves_are_enough(active: int, condition: Condition) -> None:
    assert read(released(0, rps=10, usual=0.0, exit_code=0, active=active)).condition is condition
    guessed = read(released(0, rps=10, usual=0.0, before=active, signal="SIGTERM"))
    assert guessed.condition is Condition.UNDER


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("rps", "told"), [
    (20, {"before": 4, "signal": "SIGTERM"}), (20, {"active": 2, "exit_code": 0}), (50, {"active": 4, "exit_code": 0}),
])  # fmt: skip
def test_few_at_each_of_three_deploys_are_enough_together(seed: int, rps: float, told: dict[str, Any]) -> None:
    found = rule(released(0, 0, 0, rps=rps, seed=seed, **told))
    assert found.verdict is Verdict.FIRING
    assert found.reading.claim.startswith("shop: 3 of the last 3 deploys dropped requests")
    together = {one.signal: one.holds for one in found.reading.evidence if one.signal.startswith("together")}
    assert together == {"together": True, "together_share": True}


def test_silent_for_few_at_one_deploy_for_fewer_at_all_and_for_few_that_failed() -> None:
    assert rule(released(0, rps=10, before=4, signal="SIGTERM")).verdict is Verdict.CLEAR
    assert rule(released(0, 0, 0, rps=10, before=1, signal="SIGTERM")).verdict is Verdict.CLEAR
    assert rule(released(9, 9, 9, rps=5, usual=0.0)).verdict is Verdict.CLEAR


def test_just_over_and_just_under_the_share_of_all_together() -> None:
    assert read(released(0, 0, 0, rps=50, active=4, exit_code=0)).condition is Condition.OVER
    assert read(released(0, 0, 0, rps=58, active=4, exit_code=0)).condition is Condition.UNDER


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_where_nobody_counts_them_rate_times_duration_tells_of_requests_in_flight(seed: int, time_scale: float) -> None:
    told = partial(released, 0, 0, 0, rps=20 / time_scale, usual=0.0, seed=seed, time_scale=time_scale)
    found = rule(told(work=4.0, signal="SIGTERM"))
    assert found.verdict is Verdict.FIRING
    assert "the newest about 8" in found.reading.claim
    reckoned = [one.value for one in found.reading.evidence if one.signal == "reckoned"]
    assert reckoned == pytest.approx([8.0, 8.0, 8.0])
    counted = read(told(before=4.0, signal="SIGTERM"))
    assert 0.5 < found.reading.confidence <= 0.8 * counted.confidence


@pytest.mark.parametrize("told", [
    {"work": 4.0, "exit_code": 0}, {"work": 4.0, "exit_code": 143}, {"work": 4.0, "exit_code": 0, "active": 0},
    {"work": 0.5, "signal": "SIGTERM"}, {"work": 4.0, "signal": "SIGTERM", "rps": 300.0},
    {"work": 30.0, "signal": "SIGTERM", "load": Load(latency=25.0, rps=3)},
], ids=["in order", "by a shell", "says none", "few", "a small share", "waits for news"])  # fmt: skip
def test_silent_where_so_reckoned_nothing_is_lost(told: dict[str, Any]) -> None:
    assert rule(released(0, 0, 0, **told)).verdict is Verdict.CLEAR


def test_a_stream_that_ended_in_the_last_minute_was_not_in_flight_all_the_time() -> None:
    seen = released(0, 0, 0, work=0.2, signal="SIGTERM")
    past = seen.recalled("dropped-at-deploy")
    assert past is not None
    for one in past.window.instances:
        stop = next(each.seen_last for each in seen.window.lives if each.instance_id == one.id)
        one.track.values["request_time"][int(np.searchsorted(one.track.times, stop))] += 3600.0
    assert rule(seen).verdict is Verdict.CLEAR


def test_without_routes_it_neither_fires_nor_clears() -> None:
    seen = released(0, 0, 0, work=4.0, load=Load(routes={}), signal="SIGTERM")
    assert read(seen).condition is Condition.BETWEEN
    assert read(released(0, 0, 0, work=0.0, load=Load(routes={}), signal="SIGTERM")).condition is Condition.UNDER


@pytest.mark.parametrize("cause", ["uncaught-exception", "unhandled-rejection", "out-of-work"])
def test_what_a_failure_leaves_unanswered_is_not_the_deploy_s(cause: str) -> None:
    assert rule(released(0, 0, 0, usual=0.0, exit_code=1, cause=cause, active=20)).verdict is Verdict.CLEAR


@pytest.mark.parametrize(("active", "rps"), [(0, 20.0), (1, 20.0), (2, 40.0), (8, 200.0)])
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
