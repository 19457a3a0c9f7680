"""host-cpu-saturated: short processors that the service feels, and hosts that only look busy."""

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
from tests.additions import in_containers, in_one_container, with_figures, with_host_figures
from tests.answers import ruled
from tests.builders import NOW, Load, Machine, Senders, snapshot

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
    found = read(snapshot(*[Load(elu=0.92, cpu=0.85)] * 2, machine=Machine(cores=2, cpu=0.92)))
    assert found.condition is Condition.OVER
    assert found.claim.endswith("its processors are 92% busy"), "a gap of loops that compute is no wait"


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


def held(load: Load, share: float = 0.4, limit: float = 0.5, machine: Machine | None = None, **more: Any) -> Snapshot:
    """A service in a container whose quota holds it back in this share of its periods, on a half idle host."""
    seen = snapshot(load, machine=machine or Machine(cores=8, cpu=0.2), **more)
    return with_figures(seen, cgroup_periods=100.0, cgroup_throttled=100 * share, cgroup_throttled_time=3.0,
                        cgroup_cpu_limit=limit)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_a_container_s_own_quota_is_told_from_a_full_host(seed: int, time_scale: float) -> None:
    found = read(held(STARVED, seed=seed, time_scale=time_scale, name="api"))
    assert found.condition is Condition.OVER
    assert found.confidence >= 0.75
    assert found.claim.startswith(
        "api: its own quota of 0.5 cores on web-1 holds it back in 40% of the periods, so its event loop waits for a "
        "processor 5"
    )
    assert "waits for a processor" not in read(held(STARVED, share=0.0)).claim


def test_a_quota_is_felt_without_a_probe_where_its_cores_are_used_up() -> None:
    used, idle = (held(Load(elu=0.5, cpu=cpu), senders=Senders(probe=False)) for cpu in (0.47, 0.2))
    assert read(used).condition is Condition.OVER
    assert rule(idle).verdict is Verdict.UNKNOWN


FULL_LOOP = Load(elu=0.97, cpu=0.95, rps=112)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_full_loop_in_a_quota_of_one_core_is_no_shortage(seed: int) -> None:
    """The lab's `loop_full_one_core`: a quota of one core held one loop back in 32 % of its periods."""
    found = judge(held(FULL_LOOP, share=0.32, limit=1.0, seed=seed), {})
    said = {ruling.rule: ruling for ruling in found.rulings}
    assert said["host-cpu-saturated"].reading.condition is Condition.BETWEEN
    assert said["event-loop-saturated"].reading.condition is Condition.OVER
    assert not said["event-loop-saturated"].held_back_by


def test_a_quota_that_leaves_loops_no_core_each_or_feeds_other_threads_stays_a_shortage() -> None:
    assert read(held(FULL_LOOP, share=0.32, limit=0.97)).condition is Condition.OVER
    assert read(with_figures(held(FULL_LOOP, share=0.32, limit=1.0), cpu_main=5.0)).condition is Condition.OVER
    assert read(with_figures(held(FULL_LOOP, share=0.32, limit=1.0), cpu_main=np.nan)).condition is Condition.OVER
    assert read(held(Load(elu=0.99, cpu=0.8, rps=112), share=0.5, limit=1.0)).condition is Condition.OVER


@pytest.mark.parametrize(("share", "condition"), [
    (0.26, Condition.OVER), (0.24, Condition.BETWEEN), (0.14, Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_the_levels_of_a_quota(share: float, condition: Condition) -> None:
    assert read(held(STARVED, share=share)).condition is condition


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_a_quota_that_bursts_hit_and_nobody_feels(seed: int) -> None:
    assert rule(held(Load(elu=0.2, cpu=0.18), share=0.35, limit=2.0, seed=seed)).verdict is Verdict.CLEAR


def test_what_the_hypervisor_takes_is_told_from_a_full_host() -> None:
    found = read(snapshot(STARVED, machine=Machine(cpu=0.5, steal=0.15)))
    assert "the hypervisor takes 15% of the processors of web-1, so its event loop waits" in found.claim


def test_what_the_kernel_counts_is_believed_before_the_gap() -> None:
    blind = snapshot(Load(elu=0.5, cpu=0.3), machine=FULL_HOST, senders=Senders(probe=False))
    assert read(with_figures(blind, cpu_wait=3.0)).condition is Condition.OVER
    assert "waits for a processor 30% of the time" in read(with_figures(blind, cpu_wait=3.0)).claim
    calling = snapshot(Load(elu=0.6, cpu=0.2), machine=FULL_HOST)
    assert read(calling).condition is Condition.OVER
    assert rule(with_figures(calling, cpu_wait=0.1)).verdict is Verdict.CLEAR


@pytest.mark.parametrize(("before", "condition"), [(2.5, Condition.OVER), (0.9, Condition.BETWEEN)])
def test_one_calm_minute_on_a_full_host_is_no_relief(before: float, condition: Condition) -> None:
    seen = snapshot(Load(elu=0.5, cpu=0.3), machine=FULL_HOST, senders=Senders(probe=False))
    calm = seen.window.instances[0].track.times > NOW - 60
    assert read(with_figures(seen, cpu_wait=np.where(calm, 0.8, before))).condition is condition


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_a_service_of_little_work_feels_a_full_host_as_well(seed: int, time_scale: float) -> None:
    """A lab's loop was 0.28 busy, of which 0.1 it waited: its work took half as long again."""
    seen = snapshot(Load(elu=0.28, cpu=0.19), machine=FULL_HOST, seed=seed, time_scale=time_scale)
    found = read(with_figures(seen, cpu_wait=1.0 / time_scale))
    assert found.condition is Condition.OVER
    assert found.confidence >= 0.75
    assert found.claim.endswith("so its event loop waits for a processor 10% of the time")


@pytest.mark.parametrize(("elu", "cpu", "waits"), [
    (0.06, 0.03, 0.04), (0.03, 0.001, 0.02), (0.5, 0.4, 0.1), (0.28, 0.19, 0.05),
])  # fmt: skip
def test_silent_where_a_full_host_delays_little_or_little_work(elu: float, cpu: float, waits: float) -> None:
    full = snapshot(Load(elu=elu, cpu=cpu), machine=FULL_HOST)
    assert rule(with_figures(full, cpu_wait=10 * waits)).verdict is Verdict.CLEAR
    half = snapshot(Load(elu=0.28, cpu=0.19), machine=Machine(cores=2, cpu=0.78, pressure=0.3))
    assert rule(with_figures(half, cpu_wait=1.0)).verdict is Verdict.CLEAR


def test_the_load_per_core_is_shown_and_decides_nothing() -> None:
    found = rule(with_host_figures(snapshot(), load_1m=9.0))
    assert (found.verdict, {e.signal: e.value for e in found.reading.evidence}["load_per_core"]) == (Verdict.CLEAR, 4.5)


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


@pytest.mark.parametrize(("ports", "severity"), [(0.0, Severity.INFO), (1.0, Severity.CRITICAL)])
def test_a_batch_job_that_fills_its_machine_by_design_is_no_warning(ports: float, severity: Severity) -> None:
    batch = Load(elu=0.97, cpu=0.95, rps=0.0, routes={})
    seen = with_figures(snapshot(batch, batch, machine=Machine(cores=2, cpu=0.98)), listening=ports)
    assert read(seen).condition is Condition.OVER
    assert read(seen).severity is severity


POD = Load(elu=0.27, cpu=0.15, noise=0.0)


def test_a_calm_container_is_not_felt_for_the_use_of_its_neighbours() -> None:
    """Each uses a third of its own quota of half a core; together they would be 1.2 times one quota."""
    seen = snapshot(*[POD] * 4, machine=Machine(cores=16, cpu=0.1))
    assert read(in_containers(seen, 0.5, 0.26, 0.0, 0.0, 0.0)).condition is Condition.BETWEEN


def test_workers_of_one_container_are_measured_together_against_its_quota() -> None:
    seen = snapshot(*[POD] * 4, machine=Machine(cores=16, cpu=0.1))
    assert read(in_one_container(seen, 0.5, 0.26)).condition is Condition.OVER


def test_a_container_that_fills_its_own_quota_is_felt_beside_calm_ones() -> None:
    seen = snapshot(replace(POD, elu=0.5, cpu=0.45), *[POD] * 3, machine=Machine(cores=16, cpu=0.1))
    found = read(in_containers(seen, 0.5, 0.3, 0.0, 0.0, 0.0))
    assert found.condition is Condition.OVER
    assert found.claim.startswith("shop: its own quota of 0.5 cores on web-1 holds it back in 30% of the periods")
