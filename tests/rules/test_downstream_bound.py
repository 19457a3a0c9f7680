"""downstream-bound: a service that is slow because it waits, and healthy services that wait as well."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Snapshot
from advisor.features.histogram import Histogram
from advisor.vocabulary import PartKind, Severity, Verdict
from tests.additions import with_figures, with_host_figures, with_part, with_window
from tests.answers import ruled
from tests.builders import NOW, Load, Machine, Senders, snapshot

DB = "postgresql db.internal:5432/shop"
SLOW = Load(elu=0.2, rps=40, latency=0.9)
rule = partial(ruled, "downstream-bound")


def read(seen: Snapshot) -> Reading:
    return rule(seen).reading


def _seen(load: Load = SLOW, share: float = 0.8, machine: Machine | None = None, **more: float) -> Snapshot:
    """A service that spends this share of the time of its requests in calls to a database, 2 calls for each."""
    time_scale, seed = more.get("time_scale", 1.0), int(more.get("seed", 1))
    plain = snapshot(load, name="checkout", machine=machine, seed=seed, time_scale=time_scale)
    count = plain.window.instances[0].track.values["requests"]
    spent = plain.window.instances[0].track.values["request_time"]
    return with_part(plain, PartKind.DATABASE, DB, count=2 * count, duration=share * spent, errors=0.0 * count)


def _pooled(seen: Snapshot, **figures: float) -> Snapshot:
    return with_part(seen, PartKind.POOL, DB, **({"used": 10.0, "capacity": 10.0, "pending": 8.0} | figures))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_fires_where_calls_take_the_time_of_slow_requests(seed: int, noise: float, time_scale: float) -> None:
    seen = _seen(replace(SLOW, noise=noise), seed=seed, time_scale=time_scale)
    assert read(seen).condition is Condition.OVER
    assert rule(seen).verdict is Verdict.FIRING  # each minute shows it
    assert read(seen).confidence >= 0.75


def test_the_claim_names_the_dependency_with_its_numbers() -> None:
    claim = read(_seen()).claim
    assert claim.startswith(f"checkout: calls to {DB} take 360 ms each, 80% of the time of requests, and ")
    assert "5% of requests take 1." in claim


def test_the_claim_says_what_became_slower() -> None:
    plain = snapshot(SLOW)
    track = plain.processes[0].track
    count, durations = track.values["requests"], np.where(track.times > NOW - 300, 0.8, 0.2)
    claim = read(with_part(plain, PartKind.DATABASE, DB, count=count, duration=durations * count)).claim
    assert "take 800 ms each, after 200 ms five minutes before" in claim


def test_a_pool_that_is_too_small_comes_first() -> None:
    found = read(_pooled(_seen(share=0.3)))
    assert found.condition is Condition.OVER
    assert "one of the 10 connections of the pool" in found.claim
    assert "100% of them at work" in found.claim


@pytest.mark.parametrize("figures", [{"used": 8.9}, {"pending": 0.9}])
def test_stays_silent_for_a_pool_with_room(figures: dict[str, float]) -> None:
    assert rule(_pooled(_seen(share=0.3), **figures)).verdict is Verdict.CLEAR


QUICK = Load(elu=0.1, rps=48, latency=0.2, noise=0.0)
"""95% of its requests are answered within a third of a second."""


def _queueing(wait: float, load: Load = QUICK, **figures: float) -> Snapshot:
    """A full pool that times how long requests wait for a connection."""
    seen = _pooled(_seen(load, share=0.3), **figures)
    waits = Histogram.from_explicit([wait / 1.1, wait * 1.1], [0, 50, 0], wait * 50, wait, wait)
    grown = []
    for one in seen.window.instances:
        (*others, pool) = one.parts
        timed = replace(pool.track, latencies=dict.fromkeys(range(pool.track.times.size), waits))
        grown.append(replace(one, parts=(*others, replace(pool, track=timed))))
    return with_window(seen, instances=tuple(grown))


def test_a_full_pool_is_named_before_answers_are_slow() -> None:
    found = read(_queueing(0.3))
    assert (found.condition, found.severity) == (Condition.OVER, Severity.WARNING)
    assert found.confidence >= 0.75
    assert found.claim.startswith("checkout: requests wait for 3")
    assert "one of the 10 connections of the pool" in found.claim


@pytest.mark.parametrize(("wait", "condition"), [
    (0.2, Condition.OVER), (0.15, Condition.BETWEEN), (0.12, Condition.UNDER), (0.05, Condition.UNDER),
])  # fmt: skip
def test_that_wait_must_be_half_of_the_time(wait: float, condition: Condition) -> None:
    assert read(_queueing(wait)).condition is condition


@pytest.mark.parametrize(("load", "figures"), [
    (QUICK, {"used": 8.9}), (QUICK, {"pending": 0.9}), (replace(QUICK, elu=0.7), {}),
])  # fmt: skip
def test_stays_silent_for_such_waits_beside_a_pool_with_room_or_a_busy_loop(
    load: Load, figures: dict[str, float]
) -> None:
    assert rule(_queueing(0.3, load, **figures)).verdict is Verdict.CLEAR


def test_stays_silent_for_waits_that_nobody_notices() -> None:
    found = rule(_queueing(0.05, replace(QUICK, latency=0.04)))
    assert found.verdict is Verdict.CLEAR
    assert found.reading.claim.startswith("checkout: 95% of requests are answered within 6")


def test_a_network_that_loses_segments_is_told() -> None:
    lossy = with_host_figures(_seen(), tcp_sent=10_000.0, tcp_repeated=400.0)
    assert "sends 4% of its TCP segments again" in read(lossy).claim
    sound = with_host_figures(_seen(), tcp_sent=10_000.0, tcp_repeated=100.0)
    assert "TCP" not in read(sound).claim
    assert read(sound).condition is Condition.OVER


@pytest.mark.parametrize(("elu", "block", "apart"), [
    (0.2, 0.05, True), (0.2, 0.13, True), (0.2, 0.17, False), (0.5, 0.11, True), (0.5, 0.13, False),
])  # fmt: skip
def test_calls_that_outlast_blocks_of_the_own_loop_have_a_cause_of_their_own(
    elu: float, block: float, apart: bool
) -> None:
    """A call takes 360 ms; one block may hold it up, and others before it, longer the busier the loop is."""
    found = read(_seen(replace(SLOW, elu=elu, block=block)))
    assert ("event-loop-blocked" in found.apart_from) is apart
    (usual,) = (e.value for e in found.evidence if e.signal == "usual_block")
    assert usual == pytest.approx(block, abs=0.01)


def test_a_loop_that_has_some_time_left_does_not_hide_calls_that_outlast_its_delays() -> None:
    assert read(_seen(replace(SLOW, elu=0.7))).condition is Condition.OVER


def test_one_long_block_among_others_changes_nothing() -> None:
    seen = _seen(replace(SLOW, block=0.1))
    seen.processes[0].track.values["loop_delay_max"][-3] = 5.0
    assert "event-loop-blocked" in read(seen).apart_from


def test_a_full_pool_may_well_wait_for_blocks() -> None:
    """They hold its connections, however long other calls take."""
    assert "event-loop-blocked" not in read(_pooled(_seen(replace(SLOW, block=0.05)))).apart_from


def test_without_delays_of_the_loop_nothing_is_ruled_out() -> None:
    blind = with_figures(_seen(), loop_delay_max=math.nan, loop_blocked=math.nan)
    assert "event-loop-blocked" not in read(blind).apart_from


def test_it_is_critical_beyond_two_seconds() -> None:
    assert read(_seen(replace(SLOW, latency=2.0))).severity is Severity.CRITICAL
    assert read(_seen()).severity is Severity.WARNING


@pytest.mark.parametrize(("latency", "condition"), [
    (1.05, Condition.OVER), (0.9, Condition.BETWEEN), (0.7, Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(latency: float, condition: Condition) -> None:
    assert read(_seen(replace(SLOW, latency=latency, spread=0.0))).condition is condition


@pytest.mark.parametrize(("share", "condition"), [(0.65, Condition.OVER), (0.55, Condition.BETWEEN)])
def test_most_of_the_time_must_be_in_calls(share: float, condition: Condition) -> None:
    assert read(_seen(share=share)).condition is condition


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("rps", [3.0, 60.0])
def test_stays_clear_for_a_healthy_service_that_waits_for_its_database(rps: float, seed: int) -> None:
    seen = _seen(Load(elu=0.02, rps=rps, latency=0.05), share=0.95, seed=seed)
    assert rule(seen).verdict is Verdict.CLEAR
    assert read(seen).condition is Condition.UNDER


@pytest.mark.parametrize(("load", "machine", "signal"), [
    (replace(SLOW, elu=0.7, block=0.2), Machine(), "loop_utilization"),
    (replace(SLOW, elu=0.85), Machine(), "loop_utilization"),
    (SLOW, Machine(cpu=0.8), "host_cpu"),
    (replace(SLOW, elu=0.5, rps=1.0), Machine(), "wait_share"),
])  # fmt: skip
def test_stays_silent_for_what_only_looks_like_it(load: Load, machine: Machine, signal: str) -> None:
    seen = _seen(replace(load, noise=0.0), machine=machine)
    assert signal in [e.signal for e in read(seen).evidence if e.holds is False]
    assert rule(seen).verdict is Verdict.CLEAR


def test_stays_silent_for_answers_held_open_on_purpose() -> None:
    assert rule(_seen(replace(SLOW, latency=25.0), share=0.001)).verdict is Verdict.CLEAR


def test_it_says_what_is_missing_where_nobody_tells_of_calls() -> None:
    found = rule(snapshot(SLOW))
    assert found.verdict is Verdict.UNKNOWN
    assert "db.client.operation.duration" in found.reading.missing[0]


def test_a_fast_service_needs_nobody_to_tell_of_calls() -> None:
    assert rule(snapshot(Load())).verdict is Verdict.CLEAR


def test_it_says_what_is_missing_with_the_agent_alone() -> None:
    found = rule(snapshot(SLOW, senders=Senders(probe=False)))
    assert found.verdict is Verdict.UNKNOWN
    assert "http.server.request.duration" in found.reading.missing[0]


def test_a_full_pool_for_which_nobody_waits_may_be_just_right() -> None:
    assert rule(_pooled(_seen(share=0.3), pending=math.nan)).verdict is Verdict.CLEAR


def test_a_slow_service_on_an_unknown_machine_is_not_judged() -> None:
    found = rule(_pooled(snapshot(SLOW, senders=Senders(host=False))))
    assert found.verdict is Verdict.UNKNOWN
    assert "run the agent" in found.reading.missing[0]


def test_a_slow_service_whose_loop_is_not_known_is_not_judged() -> None:
    seen = with_figures(
        _pooled(_seen()), None, **dict.fromkeys(("loop_active", "loop_idle", "loop_utilization"), math.nan)
    )
    blind = with_figures(seen, None, **dict.fromkeys(("cpu_main", "cpu_user", "cpu_system"), math.nan))
    assert rule(blind).verdict is Verdict.UNKNOWN


def test_too_few_requests_say_nothing() -> None:
    found = rule(_seen(replace(SLOW, rps=0.2)))
    assert found.verdict is Verdict.UNKNOWN
    assert "200 requests" in found.reading.missing[0]
