"""host-cpu-saturated: short processors that the service feels, and hosts that only look busy."""

from __future__ import annotations

from functools import partial

import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Snapshot
from advisor.vocabulary import Severity, Verdict
from tests.answers import ruled
from tests.builders import Load, Machine, Senders, snapshot

SEEDS = (1, 2, 3)
STARVED = Load(elu=0.99, cpu=0.47, rps=80)
FULL_HOST = Machine(cores=2, cpu=0.97, pressure=0.5)

rule = partial(ruled, "host-cpu-saturated")


def read(seen: Snapshot) -> Reading:
    return rule(seen).reading


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_fires_where_loops_wait_for_processors(seed: int, time_scale: float) -> None:
    seen = snapshot(*[STARVED] * 4, machine=FULL_HOST, seed=seed, time_scale=time_scale)
    assert read(seen).condition is Condition.OVER
    assert read(seen).confidence >= 0.75
    assert "waits for a processor 5" in read(seen).claim


def test_fires_where_the_service_itself_fills_the_machine() -> None:
    seen = snapshot(*[Load(elu=0.85, cpu=0.84)] * 2, machine=Machine(cores=2, cpu=0.92))
    assert read(seen).condition is Condition.OVER


@pytest.mark.parametrize(
    "machine",
    [
        Machine(cpu=0.5, throttled=0.4),
        Machine(cpu=0.5, steal=0.15),
        Machine(cpu=0.85, pressure=0.4),
        Machine(cpu=0.93, pressure=None),
    ],
)
def test_fires_for_each_kind_of_shortage(machine: Machine) -> None:
    assert read(snapshot(STARVED, machine=machine)).condition is Condition.OVER


def test_a_throttled_service_is_told_of_its_quota() -> None:
    assert "a quota on web-1 holds it back 40%" in read(snapshot(STARVED, machine=Machine(throttled=0.4))).claim


def test_it_is_critical_at_the_hard_limit() -> None:
    assert read(snapshot(STARVED, machine=Machine(cpu=0.97))).severity is Severity.CRITICAL
    assert read(snapshot(STARVED, machine=Machine(cpu=0.92))).severity is Severity.WARNING


@pytest.mark.parametrize(("cpu", "condition"), [
    (0.915, Condition.OVER), (0.88, Condition.BETWEEN), (0.78, Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(cpu: float, condition: Condition) -> None:
    assert read(snapshot(STARVED, machine=Machine(cpu=cpu))).condition is condition


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("load", [
    Load(elu=0.885, cpu=0.85, rps=175), Load(elu=0.885, cpu=0.78), Load(elu=0.08, rps=3, block=0.3), Load(elu=0.0),
])  # fmt: skip
def test_stays_clear_on_a_half_idle_host_although_tasks_wait_now_and_then(load: Load, seed: int) -> None:
    seen = snapshot(load, machine=Machine(cores=2, cpu=0.74, pressure=0.3), seed=seed, time_scale=5.0)
    assert rule(seen).verdict is Verdict.CLEAR


@pytest.mark.parametrize("load", [Load(elu=0.05, cpu=0.04), Load(elu=0.5, cpu=0.45)])
def test_stays_silent_where_a_batch_job_fills_idle_time_and_the_service_does_not_feel_it(load: Load) -> None:
    assert rule(snapshot(load, machine=FULL_HOST)).verdict is Verdict.CLEAR


def test_stays_silent_for_a_gap_on_an_idle_host() -> None:
    assert rule(snapshot(Load(elu=0.5, cpu=0.1), machine=Machine(cpu=0.2))).verdict is Verdict.CLEAR


def test_it_owns_the_advice_before_the_loop_that_it_starves() -> None:
    seen = snapshot(*[STARVED] * 4, machine=FULL_HOST)
    assert ruled("event-loop-saturated", seen).verdict is Verdict.CLEAR


def test_unknown_without_the_agent() -> None:
    seen = rule(snapshot(STARVED, senders=Senders(host=False)))
    assert seen.verdict is Verdict.UNKNOWN
    assert "run the agent on the host" in seen.reading.missing[0]


def test_unknown_on_a_full_host_without_a_probe_that_could_feel_it() -> None:
    seen = rule(snapshot(Load(elu=0.5, cpu=0.3), machine=FULL_HOST, senders=Senders(probe=False)))
    assert seen.verdict is Verdict.UNKNOWN
    assert "load the probe" in seen.reading.missing[0]


def test_unknown_where_the_host_went_silent() -> None:
    seen = snapshot(STARVED, machine=FULL_HOST)
    track = seen.window.hosts[0].track
    track.values["cpu_idle"][-4:] = float("nan")
    assert rule(seen).verdict is Verdict.UNKNOWN
