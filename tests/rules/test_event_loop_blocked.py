"""event-loop-blocked: rare heavy work on a loop that is mostly idle, and what only looks like it."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading, RuleState
from advisor.engine import judge
from advisor.features import Snapshot
from advisor.vocabulary import Severity, Verdict
from advisor.vocabulary.events import BLOCKED, PROFILED
from tests.additions import happened, with_events, with_figures, with_probe_figures
from tests.answers import ruled
from tests.builders import NOW, Load, Machine, Senders, snapshot

SEEDS = (1, 2, 3)
HEAVY = Load(elu=0.08, cpu=0.075, rps=3, block=0.3, block_every=4.0)
CALLING = Load(elu=0.2, cpu=0.03, block=0.3, block_every=2.0)
RENDER: dict[str, Any] = {"function": "render", "file": "/srv/app/report.js", "line": 42}

rule = partial(ruled, "event-loop-blocked")


def read(seen: Snapshot) -> Reading:
    return rule(seen).reading


def value(seen: Snapshot, signal: str) -> float:
    found = next(e.value for e in read(seen).evidence if e.signal == signal)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_fires_for_one_heavy_request_every_four_seconds(seed: int, time_scale: float) -> None:
    seen = snapshot(HEAVY, machine=Machine(cpu=0.72, other_loops=(0.885,)), seed=seed, time_scale=time_scale)
    assert read(seen).condition is Condition.OVER
    assert read(seen).confidence >= 0.75
    assert value(seen, "blocked_share") == pytest.approx(0.075, abs=0.01)


def test_the_claim_holds_the_computed_numbers() -> None:
    seen = snapshot(replace(HEAVY, noise=0.0), name="reports")
    assert read(seen).claim.startswith("reports: something holds the event loop for up to 3")
    assert "7.5% of all time, although it is only 8% busy" in read(seen).claim


def test_it_does_not_need_many_requests() -> None:
    assert read(snapshot(replace(HEAVY, rps=0.0))).condition is Condition.OVER


def test_it_is_critical_from_a_second_or_five_percent() -> None:
    assert read(snapshot(HEAVY)).severity is Severity.CRITICAL
    assert read(snapshot(replace(HEAVY, block_every=15.0))).severity is Severity.WARNING
    assert read(snapshot(replace(HEAVY, block=1.1, block_every=45.0))).severity is Severity.CRITICAL


def test_the_worst_of_several_processes_speaks() -> None:
    seen = snapshot(Load(elu=0.2), HEAVY, Load(elu=0.2))
    assert read(seen).condition is Condition.OVER
    assert "one of 3 processes" in read(seen).claim


@pytest.mark.parametrize(("load", "holder"), [
    (HEAVY, "render (report.js:42) holds the event loop for up to 3"),
    (CALLING, "a synchronous call in render (report.js:42) holds the event loop"),
    (replace(HEAVY, gc_pause=0.25), "garbage collection holds the event loop"),
])  # fmt: skip
def test_it_names_the_function_that_events_name(load: Load, holder: str) -> None:
    blocks = [happened(BLOCKED.name, 60 * n, duration=0.3, cause="code", **RENDER) for n in range(1, 6)]
    seen = with_events(snapshot(load), *blocks, happened(PROFILED.name, 90, share=0.4, **RENDER))
    assert holder in read(seen).claim
    evidence = {e.signal: e for e in read(seen).evidence}
    assert evidence["blocked_by"].label == "Of the told blocks, those of render in /srv/app/report.js:42"
    assert evidence["blocked_by"].value == 1
    assert evidence["profiled"].value == pytest.approx(0.4)


def test_it_names_nobody_if_blocks_are_of_many_places_or_of_another_process() -> None:
    many = [happened(BLOCKED.name, 60 * n, duration=0.3, cause="code", **(RENDER | {"line": n})) for n in range(1, 6)]
    other = [happened(BLOCKED.name, 60 * n, 11, duration=0.3, cause="code", **RENDER) for n in range(1, 6)]
    for events in (many, other):
        assert "something holds the event loop" in read(with_events(snapshot(HEAVY), *events)).claim


def told_by_sdk(load: Load, seed: int = 1) -> Snapshot:
    """One row a minute, with the delays that an OpenTelemetry SDK sends, and no agent."""
    seen = snapshot(load, senders=Senders(agent=False, interval=60.0), seed=seed)
    usual, share = 0.0101, load.block / load.block_every if load.block else 0.0
    seen = with_figures(seen, loop_delay_mean=usual / (1 - share), loop_delay_p50=usual)
    for column in ("loop_blocked", "loop_resolution"):
        del seen.window.instances[0].track.values[column]  # type: ignore[attr-defined]  # a dict underneath
    return seen


@pytest.mark.parametrize("seed", SEEDS)
def test_the_figures_of_an_opentelemetry_sdk_alone_are_enough(seed: int) -> None:
    assert read(told_by_sdk(HEAVY, seed)).condition is Condition.OVER
    assert 0.05 <= value(told_by_sdk(HEAVY, seed), "blocked_share") <= 0.075
    assert rule(told_by_sdk(Load(), seed)).verdict is Verdict.CLEAR


def told_by_page(load: Load, seed: int = 1) -> Snapshot:
    """What prom-client shows and the agent measures: delays, but not how busy the loop is."""
    seen = with_figures(snapshot(load, seed=seed), listening=1.0)
    share = load.block / load.block_every if load.block else 0.0
    seen = with_probe_figures(seen, loop_delay_mean=0.0101 / (1 - share), loop_delay_p50=0.0101)
    for column in ("loop_active", "loop_idle", "loop_utilization", "loop_blocked", "loop_resolution", "gc_pause_max"):
        del seen.window.instances[0].track.values[column]  # type: ignore[attr-defined]  # a dict underneath
    return seen


@pytest.mark.parametrize("seed", SEEDS)
def test_a_page_of_metrics_beside_the_agent_is_enough_with_less_confidence(seed: int) -> None:
    seen = told_by_page(HEAVY, seed)
    assert read(seen).condition is Condition.OVER
    assert 0.5 <= read(seen).confidence <= 0.7
    assert read(seen).claim.endswith("7.5% busy, estimated from CPU time")
    assert "a synchronous call holds" in read(told_by_page(CALLING, seed)).claim


@pytest.mark.parametrize("load", [Load(), Load(elu=0.885, rps=175, block=0.11, block_every=3.0)])
def test_stays_silent_for_a_page_of_a_healthy_or_full_loop(load: Load) -> None:
    assert rule(told_by_page(load)).verdict is Verdict.CLEAR


def test_a_page_of_metrics_alone_lacks_how_busy_the_loop_is() -> None:
    seen = told_by_page(HEAVY)
    track = seen.window.instances[0].track
    for column in ("cpu_main", "cpu_user", "cpu_system"):
        del track.values[column]  # type: ignore[attr-defined]  # a dict underneath
    assert rule(seen).verdict is Verdict.UNKNOWN
    assert "Event loop busy (nodejs.eventloop.utilization)" in rule(seen).reading.missing[0]


def test_without_a_blocked_time_it_estimates_from_the_longest_delays() -> None:
    seen = snapshot(HEAVY)
    del seen.window.instances[0].track.values["loop_blocked"]  # type: ignore[attr-defined]  # a dict underneath
    assert read(seen).condition is Condition.OVER
    assert 0.01 <= value(seen, "blocked_share") <= 0.075


def test_a_gap_means_a_synchronous_call() -> None:
    seen = snapshot(Load(elu=0.2, cpu=0.03, block=0.3, block_every=2.0))
    assert "a synchronous call holds the event loop" in read(seen).claim


def test_a_long_pause_means_garbage_collection() -> None:
    seen = snapshot(Load(elu=0.2, block=0.3, block_every=2.0, gc_pause=0.2))
    assert "garbage collection holds the event loop" in read(seen).claim


@pytest.mark.parametrize(("block", "condition"), [
    (0.100, Condition.OVER), (0.090, Condition.BETWEEN), (0.040, Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(block: float, condition: Condition) -> None:
    assert read(snapshot(replace(HEAVY, block=block, block_every=2.0))).condition is condition


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("load", [
    Load(elu=0.0, rps=0.0), Load(elu=0.3), Load(elu=0.7, rps=140), Load(elu=0.3, block=0.02, block_every=1.0),
])  # fmt: skip
def test_stays_clear_for_a_healthy_service(load: Load, seed: int) -> None:
    assert rule(snapshot(load, seed=seed)).verdict is Verdict.CLEAR


def test_stays_silent_for_a_block_once_in_five_minutes() -> None:
    assert rule(snapshot(replace(HEAVY, block_every=300.0))).verdict is Verdict.CLEAR


@pytest.mark.parametrize(("block", "condition"), [(18.0, Condition.OVER), (9.0, Condition.UNDER)])
def test_two_minutes_are_enough_where_their_blocks_cost_a_twentieth_of_all_time(
    block: float, condition: Condition
) -> None:
    found = read(snapshot(replace(HEAVY, block=block, block_every=270.0)))
    assert found.condition is condition


def test_one_long_block_and_a_trivial_one_are_no_habit() -> None:
    seen = snapshot(replace(HEAVY, block=36.0, block_every=400.0))
    track = seen.processes[0].track
    longest = np.where(track.times > NOW - 60, 0.115, track.values["loop_delay_max"])
    assert read(with_figures(seen, loop_delay_max=longest)).condition is not Condition.OVER


def test_stays_silent_for_blocks_that_take_less_than_a_percent() -> None:
    assert rule(snapshot(replace(HEAVY, block=0.12, block_every=20.0))).verdict is Verdict.CLEAR


@pytest.mark.parametrize(("every", "fires"), [(15.0, True), (60.0, False), (100.0, False)])
def test_slow_light_routes_tell_of_blocks_only_if_so_many_requests_can_meet_one(every: float, fires: bool) -> None:
    """A database that is slow now and then makes the same spread, and the loop has little to do with it."""
    found = read(snapshot(replace(HEAVY, rps=30, spread=1.5, block=0.12, block_every=every)))
    assert (found.condition is Condition.OVER) is fires


def test_stays_silent_for_a_saturated_loop() -> None:
    full = Load(elu=0.885, rps=175, block=0.11, block_every=3.0)
    assert rule(snapshot(full)).verdict is Verdict.CLEAR


def test_stays_silent_for_delays_that_a_queue_of_short_requests_explains() -> None:
    busy = Load(elu=0.75, rps=60, block=0.2, block_every=5.0)
    assert value(snapshot(busy), "queue_delay") > 0.2
    assert "many short requests in a row delay the event loop by up to 20" in read(snapshot(busy)).claim
    assert rule(snapshot(busy)).verdict is Verdict.CLEAR


def test_stays_silent_once_the_blocks_have_stopped() -> None:
    seen = snapshot(HEAVY)
    track = seen.window.instances[0].track
    track.values["loop_delay_max"][track.times > seen.now - 200] = 0.012
    assert read(seen).condition is Condition.UNDER


def test_unknown_without_a_probe_names_what_to_add() -> None:
    seen = rule(snapshot(HEAVY, senders=Senders(probe=False)))
    assert seen.verdict is Verdict.UNKNOWN
    assert "nodejs.eventloop.delay.max" in seen.reading.missing[0]
    assert "load the probe" in seen.reading.missing[0]


@pytest.mark.parametrize("age", [150.0, 400.0])
def test_unknown_while_the_process_is_too_young_for_ten_minutes(age: float) -> None:
    seen = rule(snapshot(replace(HEAVY, age=age)))
    assert seen.verdict is Verdict.UNKNOWN
    assert "more of data" in seen.reading.missing[0]


@pytest.mark.parametrize(("waits", "cause"), [
    (0.3, ""), (0.75, ""), (6.0, "host-cpu-saturated"), (math.nan, "host-cpu-saturated"),
])  # fmt: skip
def test_a_full_host_holds_it_back_only_if_it_may_make_the_blocks(waits: float, cause: str) -> None:
    """Seconds in ten for which the main thread waits; half as long again as it computes, a block of 300 ms is one."""
    full = Machine(cpu=0.96, pressure=0.4)
    seen = with_figures(snapshot(replace(HEAVY, elu=0.3), machine=full), cpu_wait=waits)
    host = RuleState(Verdict.FIRING, NOW - 600)
    found = judge(seen, {"host-cpu-saturated": host}).rulings
    blocked = next(one for one in found if one.rule == "event-loop-blocked")
    assert blocked.held_back_by == cause
    assert blocked.verdict is Verdict.PENDING
