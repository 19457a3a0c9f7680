"""gc-pressure: collections that take time from a loop and are felt, and services that collect much and are well."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.engine import judge
from advisor.features import Snapshot
from advisor.vocabulary import Severity, Verdict
from advisor.vocabulary.events import BLOCKED
from tests.additions import happened, with_events, with_figures, with_probe_figures
from tests.answers import ruled
from tests.builders import YOUNG, Load, Machine, Senders, snapshot

SEEDS = (1, 2, 3)
PAUSED = Load(elu=0.45, gc_share=0.14, gc_pause=0.18, block=0.18, block_every=3.0)
CHURNING = Load(elu=0.85, rps=150, gc_share=0.14, gc_pause=0.012)

rule = partial(ruled, "gc-pressure")


def read(seen: Snapshot) -> Reading:
    return rule(seen).reading


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
@pytest.mark.parametrize("load", [PAUSED, CHURNING])
def test_fires_where_collections_are_felt(load: Load, time_scale: float, seed: int) -> None:
    seen = snapshot(load, seed=seed, time_scale=time_scale)
    assert read(seen).condition is Condition.OVER
    assert read(seen).confidence >= 0.75


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_rare_but_long_pauses_are_enough(noise: float) -> None:
    rare = Load(elu=0.3, noise=noise, gc_share=0.03, gc_pause=0.25, block=0.26, block_every=20.0)
    assert read(snapshot(rare)).condition is Condition.OVER


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("busy", "share"), [(0.5, 0.22), (0.7, 0.22), (0.32, 0.15), (0.25, 0.11)])
def test_a_fifth_of_all_time_or_much_of_the_work_is_felt_although_there_is_room(
    busy: float, share: float, seed: int
) -> None:
    """In a lab 0.23 at 0.5 busy took p95 from 3 to 59 ms, and 0.15 at 0.32 from 5 to 31 ms."""
    found = read(snapshot(Load(elu=busy, gc_share=share, gc_pause=0.02), seed=seed))
    assert found.condition is Condition.OVER
    assert found.severity is (Severity.CRITICAL if share > 0.2 else Severity.WARNING)
    (work,) = (e.value for e in found.evidence if e.signal == "gc_work")
    assert work == pytest.approx(share / busy, rel=0.1)
    assert found.confidence >= 0.5


def test_the_claim_holds_the_computed_numbers() -> None:
    filled = with_probe_figures(snapshot(PAUSED, name="search"), heap_floor=1.7e9, heap_limit=YOUNG + 2e9)
    assert read(filled).claim == (
        "search: garbage collection takes 14% of the time of the event loop, with pauses of up to 180 ms, and its heap "
        "is still 85% full afterwards"
    )
    minor = with_probe_figures(snapshot(CHURNING), gc_major=0.1, gc_minor=1.2)
    assert read(minor).claim.endswith("takes 13% of the time of the event loop, with pauses of up to 12 ms, most of it "
                                      "in minor collections")  # fmt: skip


@pytest.mark.parametrize(("share", "condition", "severity"), [
    (0.105, Condition.OVER, Severity.WARNING), (0.095, Condition.BETWEEN, Severity.WARNING),
    (0.045, Condition.UNDER, Severity.WARNING), (0.21, Condition.OVER, Severity.CRITICAL),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(share: float, condition: Condition, severity: Severity) -> None:
    found = read(snapshot(replace(CHURNING, gc_share=share)))
    assert (found.condition, found.severity) == (condition, severity)


@pytest.mark.parametrize(("kept", "offers"), [(0.4e9, True), (0.9e9, False)])
def test_copies_of_every_kind_are_weighed_and_none_while_the_heap_is_full(kept: float, offers: bool) -> None:
    room = snapshot(CHURNING, machine=Machine(cores=8, cpu=0.2))
    judgement = judge(with_probe_figures(room, heap_floor=kept, heap_limit=YOUNG + 1e9), {})
    [advice] = [found for found in judgement.advice if found.ruling.rule == "gc-pressure"]
    copies = {"cluster", "load-balance", "autoscale"}
    named = {found.id for found in (advice.options if offers else advice.rejected)}
    assert copies & named == copies
    heap = [no.reason for no in advice.rejected if no.id in copies]
    assert all("The heap is 90% full" in reason for reason in heap)


def test_what_collections_block_is_its_own_to_judge_and_no_finding_of_the_rule_of_blocks() -> None:
    assert ruled("event-loop-blocked", snapshot(PAUSED)).reading.condition is Condition.BETWEEN
    code = replace(PAUSED, gc_share=0.01, gc_pause=0.004)
    free = ruled("event-loop-blocked", snapshot(code))
    assert (free.verdict, free.held_back_by) == (Verdict.PENDING, "")
    assert rule(snapshot(code)).verdict is Verdict.CLEAR


def test_events_of_blocks_are_believed_before_samples() -> None:
    place: dict[str, Any] = {"cause": "code", "function": "render", "file": "/srv/a.js", "line": 1}
    code = [happened(BLOCKED.name, 30 * n, duration=0.18, **place) for n in range(1, 9)]
    quiet = replace(PAUSED, gc_share=0.03)
    assert read(snapshot(quiet)).condition is Condition.OVER
    assert read(with_events(snapshot(quiet), *code)).condition is Condition.BETWEEN
    pauses = [happened(BLOCKED.name, 30 * n, duration=0.18, cause="gc") for n in range(1, 9)]
    assert read(with_events(snapshot(quiet), *pauses)).condition is Condition.OVER


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("load", [
    Load(), Load(elu=0.0, rps=0.0), Load(elu=0.885, rps=175, gc_share=0.04), Load(elu=0.06, gc_share=0.04),
    Load(elu=0.08, rps=3, block=0.3),
])  # fmt: skip
def test_stays_clear_for_a_service_that_collects_little(load: Load, seed: int) -> None:
    assert rule(snapshot(load, seed=seed)).verdict is Verdict.CLEAR
    assert read(snapshot(load, seed=seed)).condition is Condition.UNDER


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_a_collection_heavy_service_that_has_room(seed: int) -> None:
    seen = snapshot(Load(elu=0.5, gc_share=0.18, gc_pause=0.01), seed=seed)
    assert rule(seen).verdict is Verdict.CLEAR
    assert {e.signal: e.holds for e in read(seen).evidence}["gc_share"] is True


def test_stays_silent_for_a_batch_job_of_which_nobody_waits_for_an_answer() -> None:
    batch = with_figures(snapshot(Load(elu=0.5, rps=0.0, gc_share=0.25, gc_pause=0.02)), listening=0.0, websockets=0.0)
    assert rule(batch).verdict is Verdict.CLEAR


def test_what_only_its_share_made_felt_is_calm_at_half_of_it() -> None:
    def share(of: float) -> Condition:
        return read(snapshot(Load(elu=0.5, gc_share=of, gc_pause=0.02))).condition

    assert [share(of) for of in (0.21, 0.18, 0.11, 0.09)] == [
        Condition.OVER, Condition.BETWEEN, Condition.BETWEEN, Condition.UNDER,
    ]  # fmt: skip


def test_stays_silent_for_long_pauses_beside_longer_blocks_of_code() -> None:
    assert rule(snapshot(Load(elu=0.3, gc_pause=0.11, block=0.5, block_every=5.0))).verdict is Verdict.CLEAR


def test_stays_silent_for_one_long_collection_in_ten_minutes() -> None:
    seen = snapshot(Load(elu=0.3, gc_share=0.01))
    values = seen.window.instances[0].track.values
    row = np.flatnonzero(~np.isnan(values["gc_major"]))[-20]
    values["gc_major"][row], values["gc_pause_max"][row], values["loop_delay_max"][row] = 1.5, 1.5, 1.5
    assert rule(seen).verdict is Verdict.CLEAR


def test_stays_silent_once_the_pauses_have_stopped() -> None:
    seen = snapshot(replace(PAUSED, gc_share=0.03))
    track = seen.window.instances[0].track
    for column in ("gc_pause_max", "loop_delay_max"):
        track.values[column][track.times > seen.now - 200] = 0.012
    assert read(seen).condition is Condition.UNDER


def test_the_host_s_shortage_explains_long_pauses_as_well() -> None:
    crowded = replace(PAUSED, elu=0.7, cpu=0.4)
    assert rule(snapshot(crowded)).held_back_by == ""
    assert rule(snapshot(crowded, machine=Machine(cpu=0.97, pressure=0.5))).held_back_by == "host-cpu-saturated"


def test_a_service_without_any_collection_is_clear_and_not_unknown() -> None:
    seen = snapshot()
    for column in ("gc_major", "gc_pause_max"):
        del seen.window.instances[0].track.values[column]  # type: ignore[attr-defined]  # a dict underneath
    assert rule(seen).verdict is Verdict.CLEAR


def test_a_page_of_metrics_tells_no_longest_pause_and_the_share_is_enough() -> None:
    seen = snapshot(CHURNING)
    del seen.window.instances[0].track.values["gc_pause_max"]  # type: ignore[attr-defined]  # a dict underneath
    assert read(seen).condition is Condition.OVER
    assert {e.signal: e.value for e in read(seen).evidence}["gc_pause_max"] is None


def test_long_pauses_of_a_page_are_told_by_what_its_buckets_say_at_least() -> None:
    """Pauses of 180 ms in a bucket from 100 ms on; its loop is not measured."""
    seen = with_probe_figures(snapshot(PAUSED), gc_pause_max=0.1)
    for column in ("loop_active", "loop_idle", "loop_utilization", "loop_blocked"):
        del seen.window.instances[0].track.values[column]  # type: ignore[attr-defined]  # a dict underneath
    assert read(seen).condition is Condition.OVER
    assert read(seen).confidence >= 0.75
    assert ruled("event-loop-blocked", seen).reading.condition is Condition.BETWEEN


def test_unknown_without_a_sender_inside() -> None:
    seen = rule(snapshot(PAUSED, senders=Senders(probe=False)))
    assert seen.verdict is Verdict.UNKNOWN
    assert "v8js.gc.duration" in seen.reading.missing[0]
