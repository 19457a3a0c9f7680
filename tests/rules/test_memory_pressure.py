"""memory-pressure: memory that is full, its own heap, swapping, kills and fast growth; and hosts full by design."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Snapshot
from advisor.vocabulary import Severity, Verdict
from advisor.vocabulary.events import EXITED
from tests.additions import happened, with_events, with_figures, with_host_figures, with_recalled
from tests.answers import ruled
from tests.builders import NOW, YOUNG, Load, Machine, Senders, service, snapshot
from tests.heaps import the_last
from tests.pasts import Level, Past, fills, level, with_past

RULE = "memory-pressure"
MB, GB = 1e6, 1e9
SEEDS = (1, 2, 3)
SCALES = (1.0, 5.0)

rule = partial(ruled, RULE)


def read(seen: Snapshot) -> Reading:
    return rule(seen).reading


def grouped(share: float, *, load: Load | None = None, scale: float = 1.0) -> Snapshot:
    """A process in a control group of 1 GB that uses this share of it."""
    seen = snapshot(load or Load(rss=share * GB), time_scale=scale)
    seen = with_figures(seen, cgroup_memory_limit=GB, cgroup_memory_usage=share * GB)
    return with_recalled(seen, RULE, service())


def hosted(share: float, own: float, *, pressure: float = 0.0, processes: int = 1) -> Snapshot:
    """Processes without a limit of their own on a machine of 8 GB; `own` is their share of the memory in use."""
    load = Load(rss=share * 8 * GB * own / processes)
    seen = snapshot(*[load] * processes, machine=Machine(memory=8 * GB, available=(1 - share) * 8 * GB))
    return with_recalled(with_host_figures(seen, pressure_memory=pressure), RULE, service())


def heaped(share: float) -> Snapshot:
    """A process whose heap keeps this share of its limit, with room beside it."""
    return with_recalled(with_figures(snapshot(Load()), heap_floor=share * GB, heap_limit=YOUNG + GB), RULE, service())


def growing(course: Level, used: float, *, seed: int = 1, scale: float = 1.0, **more: Level) -> Snapshot:
    """The first with two and a half hours of a life in which its heap went this way."""
    past = Past(2.5, 120.0, {"heap_floor": course} | more)
    return with_past(grouped(used, scale=scale), RULE, past, seed=seed)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("share", "condition"), [
    (0.93, Condition.OVER), (0.86, Condition.OVER), (0.84, Condition.BETWEEN), (0.76, Condition.BETWEEN),
    (0.74, Condition.UNDER), (0.2, Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(share: float, condition: Condition, scale: float) -> None:
    assert read(grouped(share, scale=scale)).condition is condition


def test_it_fires_at_the_first_look_that_shows_it() -> None:
    seen = rule(grouped(0.95))
    assert seen.verdict is Verdict.FIRING
    assert seen.reading.severity is Severity.CRITICAL
    assert seen.reading.confidence >= 0.75
    assert seen.reading.claim == "shop: 950 MB of the 1 GB of the control group of process 1010 are in use, 95%"


@pytest.mark.parametrize(("share", "ago", "condition"), [
    (0.88, 400, Condition.BETWEEN), (0.88, 700, Condition.OVER),
    (0.95, 90, Condition.OVER), (0.95, 40, Condition.BETWEEN),
])  # fmt: skip
def test_a_level_must_hold(share: float, ago: float, condition: Condition) -> None:
    seen = grouped(share)
    before = seen.window.instances[0].track.times < NOW - ago
    assert read(with_figures(seen, cgroup_memory_usage=np.where(before, 0.4 * GB, share * GB))).condition is condition


def test_the_fullest_process_speaks() -> None:
    seen = with_figures(snapshot(Load(), Load()), cgroup_memory_limit=GB, cgroup_memory_usage=0.3 * GB)
    seen = with_recalled(with_figures(seen, only=1, cgroup_memory_usage=0.95 * GB), RULE, service())
    assert "process 1011" in read(seen).claim


@pytest.mark.parametrize(("share", "condition"), [
    (0.86, Condition.OVER), (0.84, Condition.BETWEEN), (0.74, Condition.UNDER),
])  # fmt: skip
def test_a_heap_near_its_own_limit_counts(share: float, condition: Condition) -> None:
    found = read(heaped(share))
    assert found.condition is condition
    assert "of process 1010's heap stay in use after collection" in found.claim


def test_a_machine_that_the_service_fills_counts() -> None:
    found = read(hosted(0.88, own=0.8, processes=4))
    assert found.condition is Condition.OVER
    assert found.confidence >= 0.75
    assert "of the 8 GB of the host" in found.claim


@pytest.mark.parametrize("share", [0.88, 0.97])
def test_stays_silent_where_others_fill_a_machine_by_design(share: float) -> None:
    assert rule(hosted(share, own=0.05)).verdict is Verdict.CLEAR


def test_others_count_once_the_shortage_is_felt() -> None:
    assert read(hosted(0.93, own=0.1, pressure=0.06)).condition is Condition.OVER
    assert read(hosted(0.93, own=0.1, pressure=0.04)).condition is Condition.UNDER


@pytest.mark.parametrize(("pages", "faults", "share", "condition"), [
    (50.0, 20.0, 0.8, Condition.OVER), (5.0, 20.0, 0.8, Condition.BETWEEN), (50.0, 0.0, 0.8, Condition.BETWEEN),
    (50.0, 20.0, 0.4, Condition.UNDER),
])  # fmt: skip
def test_swapping_counts_where_memory_is_short(pages: float, faults: float, share: float, condition: Condition) -> None:
    seen = with_figures(with_host_figures(grouped(share), swapped_in=pages * 10), faults_major=faults)
    assert read(seen).condition is condition


@pytest.mark.parametrize(("used", "verdict"), [(0.97, Verdict.FIRING), (0.3, Verdict.CLEAR)])
def test_a_kill_with_full_memory_is_critical_at_once(used: float, verdict: Verdict) -> None:
    seen = grouped(0.3)
    dead = with_figures(snapshot(Load()), cgroup_memory_limit=GB, cgroup_memory_usage=used * GB).window.instances[0]
    ended = dead.track.times <= NOW - 300
    track = replace(dead.track, times=dead.track.times[ended], spans=dead.track.spans[ended], latencies={},
                    values={name: figures[ended] for name, figures in dead.track.values.items()})  # fmt: skip
    window = replace(seen.window, instances=(*seen.window.instances, replace(dead, id=77, pid=77, track=track)))
    seen = with_events(replace(seen, window=window), happened(EXITED.name, 300, signal="SIGKILL", pid=77))
    assert rule(seen).verdict is verdict
    if verdict is Verdict.FIRING:
        assert rule(seen).reading.severity is Severity.CRITICAL
        assert rule(seen).reading.claim == "shop: 1 process killed in the last ten minutes with memory full"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", SCALES)
def test_fast_growth_fires_before_the_level_does(seed: int, scale: float) -> None:
    found = read(growing(level(300 * MB, 180 * MB), 0.75, seed=seed, scale=scale))
    assert found.condition is Condition.OVER
    assert "an hour at equal load and fills" in found.claim
    assert found.severity is Severity.CRITICAL


@pytest.mark.parametrize(("course", "used"), [
    (level(300 * MB, 180 * MB), 0.65),  # half full only
    (level(600 * MB, 30 * MB), 0.72),  # nine hours left
    (level(600 * MB), 0.72),
    (level(600 * MB, -60 * MB), 0.72),
    (fills(300 * MB, 650 * MB, 0.5), 0.72),
])  # fmt: skip
@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_memory_that_has_time_or_stops(course: Level, used: float, seed: int) -> None:
    assert rule(growing(course, used, seed=seed)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_idle_websockets_that_come_in(seed: int) -> None:
    seen = growing(level(300 * MB, 180 * MB), 0.74, seed=seed, websockets=level(1000, 3000))
    assert rule(seen).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_a_morning_that_fills_the_heap(seed: int) -> None:
    past = Past(2.5, 120.0, {"heap_floor": level(300 * MB, 120 * MB)}, swing=0.8, begins=22)
    assert rule(with_past(grouped(0.74), RULE, past, seed=seed)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("load", [Load(), Load(gc_share=0.25, gc_pause=0.08), Load(elu=0.7, rss=500 * MB)])
def test_stays_clear_for_a_healthy_service(load: Load) -> None:
    assert rule(with_recalled(snapshot(load), RULE, service())).verdict is Verdict.CLEAR


def test_evidence_also_shows_what_speaks_against() -> None:
    held = {e.signal: e.holds for e in read(grouped(0.3)).evidence}
    assert (held["memory_long"], held["heap_share"], held["killed"]) == (False, False, False)


def test_unknown_where_nobody_tells_a_limit() -> None:
    seen = snapshot(Load(), senders=Senders(probe=False, host=False))
    answer = rule(with_recalled(seen, RULE, service()))
    assert answer.verdict is Verdict.UNKNOWN
    assert "run the agent" in answer.reading.missing[0]


@pytest.mark.parametrize("scale", [1.0, 5.0])
@pytest.mark.parametrize(("said", "how"), [
    ({"signal": "SIGABRT"}, "ended by V8 in the last ten minutes"), ({}, "ended in the last ten minutes"),
])  # fmt: skip
@pytest.mark.parametrize("ago", [120.0, 450.0])
def test_how_the_last_one_ended_is_told_at_once_where_none_is_left(
    ago: float, said: dict[str, Any], how: str, scale: float
) -> None:
    seen = rule(the_last(0.95, scale=scale, ago=ago, **said))
    assert seen.verdict is Verdict.FIRING
    assert seen.reading.claim == f"shop: 1 process {how} with the heap full, and none is left"
    assert seen.reading.severity is Severity.CRITICAL


@pytest.mark.parametrize("seen", [the_last(0.6), the_last(0.95, garbage=0.4), the_last(0.95, ago=900.0)])
def test_stays_silent_where_nothing_shows_why_the_last_one_ended(seen: Snapshot) -> None:
    assert rule(seen).verdict is Verdict.UNKNOWN
    assert "no process of the service reports any more" in rule(seen).reading.missing[0]


@pytest.mark.parametrize("said", [{"signal": "SIGTERM"}, {"exit_code": 1}, {"exit_code": 0}])
def test_stays_silent_where_the_last_one_ended_for_another_reason(said: dict[str, Any]) -> None:
    assert rule(the_last(0.95, **said)).verdict is Verdict.CLEAR


def test_it_clears_once_somebody_explains_the_end() -> None:
    said = rule(the_last(0.95, ago=120.0))
    explained = the_last(0.95, ago=450.0, signal="SIGTERM")
    for ago in range(300, -1, -60):
        said = rule(replace(explained, now=explained.now - ago), said.state)
    assert said.verdict is Verdict.CLEAR


@pytest.mark.parametrize(("course", "condition"), [
    (level(600 * MB, 180 * MB), Condition.OVER), (level(600 * MB), Condition.UNDER),
    (level(600 * MB, -60 * MB), Condition.UNDER), (fills(600 * MB, 900 * MB, 0.5), Condition.UNDER),
])  # fmt: skip
@pytest.mark.parametrize("seed", SEEDS)
def test_growth_counts_also_where_others_fill_a_machine_by_design(
    course: Level, condition: Condition, seed: int
) -> None:
    """A database has most of 8 GB, 960 MB are left, and its own limit is far away."""
    seen = with_figures(hosted(0.88, own=0.2), heap_limit=YOUNG + 4 * GB)
    found = read(with_past(seen, RULE, Past(2.5, 120.0, {"heap_floor": course}), seed=seed))
    assert found.condition is condition
    if condition is Condition.OVER:
        assert "an hour at equal load and fills the 960 MB that are left" in found.claim
