"""gc-pressure by short pauses: felt where requests take longer since, and not where something else does it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Snapshot
from advisor.vocabulary import Severity
from tests.answers import ruled
from tests.builders import NOW, Load, snapshot

SEEDS = (1, 2, 3)
MINOR = Load(elu=0.5, gc_share=0.17, gc_pause=0.012, latency=0.03, rps=60)
SINCE = 630.0


def of(load: Load = MINOR, *, then: float = 0.4, collected: float = 0.3, busy: float = 0.38, rps: float = 1.0,
       time_scale: float = 1.0, seed: int = 1) -> Snapshot:  # fmt: skip
    """A service that until ten minutes ago took `then` times as long, and collected so many times as much."""
    seen = snapshot(load, time_scale=time_scale, seed=seed)
    (one,) = seen.window.instances
    values, route = one.track.values, one.parts[0].track
    before = ~np.isnan(values["loop_idle"]) & (one.track.times <= NOW - SINCE / time_scale)
    values["gc_major"][before] *= collected
    values["loop_active"][before] = busy * one.track.spans[before]
    values["loop_idle"][before] = (1 - busy) * one.track.spans[before]
    values["requests"][before] *= rps
    earlier = route.times <= NOW - SINCE / time_scale
    route.values["count"][earlier] *= rps
    route.values["duration"][earlier] *= rps * then
    return seen


def read(seen: Snapshot) -> Reading:
    return ruled("gc-pressure", seen).reading


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
@pytest.mark.parametrize(("busy", "share"), [(0.5, 0.17), (0.45, 0.15), (0.58, 0.19), (0.36, 0.12)])
def test_fires_where_requests_take_longer_since_it_collects_more(
    busy: float, share: float, time_scale: float, seed: int
) -> None:
    seen = of(replace(MINOR, elu=busy, gc_share=share), busy=busy - 0.1, time_scale=time_scale, seed=seed)
    found = read(seen)
    assert (found.condition, found.severity) == (Condition.OVER, Severity.WARNING)
    assert found.confidence >= 0.5
    (longer,) = (e for e in found.evidence if e.signal == "gc_longer")
    assert longer.label == "GET / takes, times that in a quick minute"
    assert longer.value == pytest.approx(2.5, rel=0.1)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("then", "busy", "condition"), [
    (0.4, 0.4, Condition.OVER), (0.8, 0.4, Condition.BETWEEN), (0.4, 0.04, Condition.BETWEEN),
])  # fmt: skip
def test_a_page_of_metrics_tells_no_loop_and_the_cpu_time_of_its_thread_stands_for_it(
    then: float, busy: float, condition: Condition, seed: int
) -> None:
    seen = of(replace(MINOR, elu=0.45, gc_share=0.15), then=then, busy=0.38, seed=seed)
    (one,) = seen.window.instances
    for column in ("loop_active", "loop_idle", "loop_utilization", "loop_blocked", "gc_pause_max"):
        del one.track.values[column]  # type: ignore[attr-defined]  # a dict underneath
    one.track.values["cpu_main"][one.track.times <= NOW - SINCE] *= busy / 0.45
    assert read(seen).condition is condition


def test_a_minute_with_fewer_requests_compares_while_they_are_nearly_as_many() -> None:
    assert read(of(rps=0.8)).condition is Condition.OVER


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("seen", [
    pytest.param({"then": 1.0}, id="it answers as fast as ever"),
    pytest.param({"then": 0.6}, id="it takes less than twice as long"),
    pytest.param({"collected": 0.9}, id="it collected as much before"),
    pytest.param({"rps": 0.4}, id="it had fewer requests"),
    pytest.param({"load": replace(MINOR, elu=0.72, gc_share=0.25 * 0.72)}, id="its loop is full"),
    pytest.param({"load": replace(MINOR, gc_share=0.13)}, id="collections are little of its work"),
    pytest.param({"load": replace(MINOR, elu=0.28, gc_share=0.092), "busy": 0.2}, id="collections take little time"),
    pytest.param({"load": replace(MINOR, elu=0.6, gc_share=0.185), "busy": 0.1}, id="code fills the loop as well"),
    pytest.param({"load": replace(MINOR, rps=0.2)}, id="too few requests to compare"),
])  # fmt: skip
def test_stays_silent_where_collections_did_not_make_it_slower(seen: dict[str, object], seed: int) -> None:
    assert read(of(**seen, seed=seed)).condition is not Condition.OVER  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("rps", "spread"), [(0.6, 1.5), (1.0, 2.0), (20.0, 1.5)])
def test_stays_silent_for_chance_among_requests_of_different_length(rps: float, spread: float, seed: int) -> None:
    """Means that scatter by themselves, in a service that collects now and then."""
    load = replace(MINOR, rps=rps, spread=spread)
    seen = of(load, then=1.0, seed=seed)
    (one,) = seen.window.instances
    track = one.parts[0].track
    track.values["duration"][list(track.latencies)] = [told.sum for told in track.latencies.values()]
    assert read(seen).condition is Condition.BETWEEN


def test_stays_silent_without_routes() -> None:
    assert read(snapshot(replace(MINOR, routes={}))).condition is Condition.BETWEEN


def test_stays_silent_once_requests_are_quick_again() -> None:
    seen = of()
    (one,) = seen.window.instances
    late = one.parts[0].track.times > NOW - 60
    one.parts[0].track.values["duration"][late] *= 0.4
    assert read(seen).condition is Condition.BETWEEN


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("begun", "condition"), [(270.0, Condition.OVER), (100.0, Condition.UNDER)])
def test_much_of_the_last_five_minutes_is_enough(begun: float, condition: Condition, seed: int) -> None:
    seen = snapshot(Load(elu=0.55, gc_share=0.3, gc_pause=0.02), seed=seed)
    track = seen.window.instances[0].track
    track.values["gc_major"][track.times <= NOW - begun] *= 0.05
    assert read(seen).condition is condition
