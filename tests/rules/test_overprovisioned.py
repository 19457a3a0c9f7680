"""overprovisioned: more processes than two weeks needed, and all that forbids to take any away."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import HostWindow, InstanceWindow, ServiceWindow, Snapshot, Track
from advisor.vocabulary import Severity, Verdict
from advisor.vocabulary.events import EXITED
from tests.additions import happened, life, rows, with_events, with_lives, with_recalled, with_window
from tests.answers import ruled
from tests.builders import NOW, Load, Machine, Senders, snapshot
from tests.pasts import with_deploys

DAY = 86400.0
SEEDS = (1, 2, 3)

rule = partial(ruled, "overprovisioned")


def fleet(
    count: int = 8,
    peak: float = 0.3,
    days: float = 14.0,
    growth: float = 1.0,
    high: float = 1.3,
    cpu: float = 0.2,
    memory: float = 0.3,
    handles: float | None = 0.1,
    group: dict[str, float] | None = None,
    hosts: int = 1,
    seed: int = 1,
    time_scale: float = 1.0,
    elu: float = 0.15,
    sockets: float = 0.0,
    machine: Machine | None = None,
) -> Snapshot:
    """So many processes whose loops are busy by the hour of the day, at most `peak`; it grows by so much a week."""
    draw = np.random.default_rng(seed)
    scale = time_scale
    load = Load(elu=elu, rps=20, websockets=sockets)
    seen = snapshot(*[load] * (count // hosts), machine=machine, hosts=hosts, time_scale=scale, seed=seed)
    instances = []
    for one in seen.window.instances:
        track = rows(days * DAY / scale, 3600 / scale)
        hours = (track.times - NOW) * scale / 3600
        day = 0.6 + 0.4 * np.sin(2 * np.pi * hours / 24)
        busy = np.clip(peak * day * growth ** (hours / 168) + draw.normal(0, 0.005, hours.size), 0, 1)
        values = {"loop_active": busy * track.spans, "loop_utilization": busy}
        if handles is not None:
            values |= {"fd_open": np.full(hours.size, handles * 1e4), "fd_limit": np.full(hours.size, 1e4)}
        values |= {name: np.full(hours.size, figure) for name, figure in (group or {}).items()}
        highs = {"loop_utilization": np.minimum(1.0, busy * high)}
        instances.append(replace(one, track=replace(track, values=values, highs=highs)))
    return with_recalled(seen, "overprovisioned", _past(seen, instances, days, cpu, memory))


def _past(seen: Snapshot, instances: list[InstanceWindow], days: float, cpu: float, memory: float) -> ServiceWindow:
    scale = seen.time_scale
    used = {"cpu_user": cpu, "cpu_system": 0.0, "cpu_idle": 1 - cpu, "memory_limit": 8e9}
    track = rows(days * DAY / scale, 3600 / scale, memory_available=8e9 * (1 - memory), **used)
    hosts = tuple(HostWindow(host.id, host.name, track) for host in seen.window.hosts)
    return ServiceWindow(1, "shop", NOW - days * DAY, NOW, tuple(instances), hosts)


def read(seen: Snapshot) -> Reading:
    return rule(seen).reading


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_it_sees_that_fewer_would_do(seed: int, time_scale: float) -> None:
    found = read(fleet(seed=seed, time_scale=time_scale))
    assert found.condition is Condition.OVER
    assert found.severity is Severity.INFO
    assert found.confidence >= 0.75
    assert next(one.value for one in found.evidence if one.signal == "fewer") == 2.0


def test_the_claim_holds_its_numbers() -> None:
    claim = read(fleet(peak=0.3)).claim
    assert claim.startswith("shop: 8 processes were 3")
    assert claim.endswith("and 6 would be 40%")


@pytest.mark.parametrize(("count", "peak", "condition"), [
    (8, 0.50, Condition.OVER), (8, 0.54, Condition.BETWEEN), (8, 0.64, Condition.UNDER),
    (4, 0.38, Condition.OVER), (4, 0.43, Condition.BETWEEN), (4, 0.48, Condition.UNDER),
    (3, 0.25, Condition.OVER), (3, 0.28, Condition.BETWEEN), (3, 0.32, Condition.UNDER), (2, 0.05, Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(count: int, peak: float, condition: Condition) -> None:
    assert read(fleet(count, peak, high=1.0)).condition is condition


@pytest.mark.parametrize(("step", "least", "fewer"), [(1.0, 2, 2), (1.0, 1, 2), (0.75, 3, 1), (1.0, 0.1, 2)])
def test_limits_of_its_own_never_take_the_last_away(step: float, least: float, fewer: int) -> None:
    """Of four, one could carry the work; but two have to, so that one may be lost."""
    found = read(with_window(fleet(4, peak=0.05), limits={"overprovisioned": {"step": step, "least": least}}))
    assert found.condition is Condition.OVER
    assert next(one.value for one in found.evidence if one.signal == "fewer") == fewer


@pytest.mark.parametrize(("growth", "peak", "condition"), [
    (1.2, 0.03, Condition.OVER), (1.2, 0.1, Condition.UNDER), (1.35, 0.03, Condition.UNDER),
])  # fmt: skip
def test_what_grows_but_idles_for_a_quarter_more_has_too_many(growth: float, peak: float, condition: Condition) -> None:
    """A tenth of nearly nothing: eight processes that are 3% busy at the peak, and 3.5% a week later."""
    idle = fleet(8, peak, growth=growth, cpu=0.02)
    assert read(idle).condition is condition


@pytest.mark.parametrize("step", [0.25, 0.1])
def test_one_of_three_may_go_though_that_is_more_than_the_step(step: float) -> None:
    found = read(with_window(fleet(3, peak=0.2), limits={"overprovisioned": {"step": step}}))
    assert next(one.value for one in found.evidence if one.signal == "fewer") == 1.0
    assert "shop: 3 processes were 2" in found.claim
    assert "and 2 would be 3" in found.claim


@pytest.mark.parametrize("hindrance", [
    {"memory": 0.55, "hosts": 3}, {"cpu": 0.45, "hosts": 3}, {"memory": 0.72}, {"cpu": 0.62},
    {"handles": 0.45}, {"high": 7.0}, {"growth": 1.15}, {"peak": 0.32},
    {"handles": None, "sockets": 50.0}, {"group": {"cgroup_memory_usage": 300e6, "cgroup_memory_limit": 512e6}},
])  # fmt: skip
def test_each_condition_alone_forbids_it_for_one_of_three(hindrance: dict[str, Any]) -> None:
    assert rule(fleet(**({"count": 3, "peak": 0.2} | hindrance))).verdict is Verdict.CLEAR


@pytest.mark.parametrize("days", [5.0, 6.5])
def test_one_of_three_needs_a_week_as_well(days: float) -> None:
    assert rule(fleet(3, peak=0.2, days=days)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("hindrance", [
    {"memory": 0.65, "hosts": 2}, {"cpu": 0.55, "hosts": 2}, {"memory": 0.72}, {"cpu": 0.62},
    {"handles": 0.55}, {"high": 3.4}, {"growth": 1.15}, {"count": 3}, {"count": 2},
    {"count": 1}, {"handles": None, "sockets": 50.0},
    {"group": {"cgroup_memory_usage": 420e6, "cgroup_memory_limit": 512e6}},
    {"group": {"cpu_user": 0.4 * 3600, "cpu_system": 0.05 * 3600, "cgroup_cpu_limit": 0.5}},
])  # fmt: skip
def test_each_condition_alone_forbids_it(hindrance: dict[str, Any]) -> None:
    assert rule(fleet(**hindrance)).verdict is Verdict.CLEAR


@pytest.mark.parametrize(("one", "other"), [({"memory": 0.68}, {}), ({"cpu": 0.58}, {}), ({}, {"hosts": 2})])
def test_what_runs_on_one_machine_stays_there_whoever_does_it(one: dict[str, Any], other: dict[str, Any]) -> None:
    """A machine that is 68% full is as full with fewer processes; of two the other one gets what is moved."""
    assert read(fleet(**one, **other)).condition is Condition.OVER
    if one:
        assert read(fleet(**one, hosts=2)).condition is not Condition.OVER


def test_near_its_limits_it_does_not_say_that_any_may_go() -> None:
    found = read(fleet(4, 0.43, high=1.0))
    told = {one.signal: one.value for one in found.evidence}
    assert found.condition is Condition.BETWEEN
    assert told["fewer"] == 0
    assert "would be" not in found.claim


def test_containers_with_room_do_not_forbid_it_and_are_shown() -> None:
    roomy = {"cgroup_memory_usage": 100e6, "cgroup_memory_limit": 512e6, "cpu_user": 360.0, "cgroup_cpu_limit": 1.0}
    found = read(fleet(group=roomy))
    told = {one.signal: one.value for one in found.evidence}
    assert found.condition is Condition.OVER
    assert told["group_memory"] == pytest.approx(100 / 512 * 8 / 6)
    assert told["group_cpu"] == pytest.approx(0.1 * 8 / 6)
    assert "group_memory" not in {one.signal for one in read(fleet()).evidence}


@pytest.mark.parametrize("seed", SEEDS)
def test_silent_for_a_fleet_that_is_used(seed: int) -> None:
    assert rule(fleet(peak=0.65, elu=0.5, seed=seed)).verdict is Verdict.CLEAR


def test_silent_for_a_quiet_hour_of_a_fleet_that_is_used() -> None:
    assert rule(fleet(peak=0.7, elu=0.05)).verdict is Verdict.CLEAR


def test_silent_for_days_after_processes_ended_unplanned() -> None:
    crashed = with_events(with_lives(fleet(), life(9e4, 8e4, 5)), happened(EXITED.name, 8e4, 5, exit_code=1))
    assert rule(crashed).verdict is Verdict.CLEAR


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_below_two_weeks_it_is_not_sure_and_below_one_it_says_nothing(time_scale: float) -> None:
    ten = read(fleet(days=10, time_scale=time_scale))
    assert ten.condition is Condition.OVER
    assert ten.confidence == 0.6
    six = rule(fleet(days=6, time_scale=time_scale))
    assert six.verdict is Verdict.UNKNOWN
    assert six.reading.missing == ("7 days of data, a weekend among them: 6 are there",)


def test_unknown_where_hours_are_missing() -> None:
    seen = fleet()
    past = seen.window.recalled["overprovisioned"]
    holes = tuple(replace(one, track=_with_holes(one)) for one in past.instances)
    found = rule(with_recalled(seen, "overprovisioned", replace(past, instances=holes)))
    assert found.verdict is Verdict.UNKNOWN
    assert "50%" in found.reading.missing[0]


def _with_holes(one: InstanceWindow) -> Track:
    gone = np.arange(one.track.times.size) % 2 == 0
    values = {name: np.where(gone, np.nan, figures) for name, figures in one.track.values.items()}
    return replace(one.track, values=values)


def test_unknown_without_the_agent() -> None:
    seen = fleet()
    blind = snapshot(*[Load()] * 8, senders=Senders(host=False))
    found = rule(with_recalled(blind, "overprovisioned", seen.window.recalled["overprovisioned"]))
    assert found.verdict is Verdict.UNKNOWN
    assert "run the agent" in found.reading.missing[0]


@pytest.mark.parametrize(("peak", "condition"), [(0.3, Condition.OVER), (0.64, Condition.UNDER)])
def test_releases_at_the_busiest_hour_do_not_look_like_twice_the_work(peak: float, condition: Condition) -> None:
    seen = fleet(8, peak, high=1.0)
    past = seen.recalled("overprovisioned")
    assert past is not None
    assert read(with_recalled(seen, "overprovisioned", with_deploys(past).window)).condition is condition
