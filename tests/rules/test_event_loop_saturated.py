"""event-loop-saturated: a loop that computes most of the time, and everything that only looks like it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Snapshot
from advisor.vocabulary import Severity, Verdict
from tests.additions import in_one_container, with_figures
from tests.answers import ruled
from tests.builders import Load, Machine, Senders, snapshot

SEEDS = (1, 2, 3)
FULL = Load(elu=0.885, cpu=0.85, rps=175, latency=0.0055, routes={"GET /checkout": 1.0})

rule = partial(ruled, "event-loop-saturated")


def read(seen: Snapshot) -> Reading:
    return rule(seen).reading


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_fires_for_a_full_loop_beside_idle_cores(seed: int, noise: float, time_scale: float) -> None:
    seen = snapshot(replace(FULL, noise=noise), machine=Machine(cpu=0.6), seed=seed, time_scale=time_scale)
    assert read(seen).condition is Condition.OVER
    assert rule(seen).verdict is Verdict.PENDING
    assert read(seen).confidence >= 0.75


def test_the_claim_holds_the_computed_numbers() -> None:
    seen = snapshot(replace(FULL, elu=0.89, noise=0.0), name="checkout", machine=Machine(cores=2, cpu=0.72))
    assert read(seen).claim == "checkout: the event loop is 89% busy while 0.5 of 2 cores are idle"


@pytest.mark.parametrize("seed", SEEDS)
def test_fires_for_every_worker_of_a_full_cluster(seed: int) -> None:
    seen = snapshot(*[replace(FULL, role="worker")] * 4, machine=Machine(cores=8, cpu=0.5), seed=seed)
    assert read(seen).condition is Condition.OVER
    assert "its 4 event loops are on average" in read(seen).claim


@pytest.mark.parametrize(("before", "now", "ago", "condition"), [
    (0.9, 0.76, 60, Condition.OVER), (0.95, 0.6, 60, Condition.OVER), (0.95, 0.65, 120, Condition.UNDER),
    (0.75, 0.76, 60, Condition.BETWEEN), (0.2, 0.76, 120, Condition.BETWEEN), (0.2, 0.9, 60, Condition.OVER),
])  # fmt: skip
def test_one_minute_with_fewer_of_heavy_requests_is_no_relief(
    before: float, now: float, ago: float, condition: Condition
) -> None:
    """At 85% and ten requests a second of 85 ms each, every fourth minute of a tenth of its length is below 80%."""
    seen = snapshot(replace(FULL, cpu=None, elu=now, elu_before=before, changed=ago, noise=0.01))
    assert read(seen).condition is condition


@pytest.mark.parametrize(("loads", "host", "cause"), [
    ((FULL,), 0.85, ""), ((replace(FULL, elu=0.98),), 0.85, ""), ((FULL,), 0.95, ""),
    ((FULL, FULL), 0.95, "host-cpu-saturated"),
])  # fmt: skip
def test_a_loop_that_computes_as_much_is_full_whatever_else_the_host_does(
    loads: tuple[Load, ...], host: float, cause: str
) -> None:
    """Unless the service itself fills the host: then the host is what is full."""
    found = rule(snapshot(*loads, machine=Machine(cores=2, cpu=host, pressure=0.1)))
    assert (found.verdict, found.held_back_by) == (Verdict.PENDING, cause)


def test_a_primary_does_not_count_as_a_loop_that_serves() -> None:
    primary = Load(elu=0.01, rps=0, role="primary")
    seen = snapshot(primary, *[replace(FULL, role="worker")] * 2, machine=Machine(cores=4, cpu=0.5))
    assert read(seen).condition is Condition.OVER
    assert read(seen).evidence[0].value == pytest.approx(0.885, abs=0.03)


def test_without_a_probe_it_estimates_and_says_so() -> None:
    seen = snapshot(replace(FULL, cpu=0.88), senders=Senders(probe=False))
    measured = snapshot(replace(FULL, cpu=0.88))
    assert read(seen).condition is Condition.OVER
    assert 0.5 <= read(seen).confidence < read(measured).confidence
    assert "estimated" in read(seen).evidence[0].label


def test_it_is_critical_where_demand_cannot_be_seen() -> None:
    assert read(snapshot(replace(FULL, elu=0.98, cpu=0.96))).severity is Severity.CRITICAL
    assert read(snapshot(FULL)).severity is Severity.WARNING


@pytest.mark.parametrize(("elu", "condition"), [
    (0.81, Condition.OVER), (0.79, Condition.BETWEEN), (0.71, Condition.BETWEEN), (0.69, Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(elu: float, condition: Condition) -> None:
    assert read(snapshot(Load(elu=elu, cpu=elu - 0.02, noise=0.0))).condition is condition


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("load", [Load(elu=0.0, rps=0.0), Load(elu=0.08, rps=3), Load(elu=0.5), Load(elu=0.65)])
def test_stays_clear_for_a_healthy_service(load: Load, seed: int) -> None:
    assert rule(snapshot(load, seed=seed)).verdict is Verdict.CLEAR


@pytest.mark.parametrize(
    ("load", "machine", "signal"),
    [
        (replace(FULL, cpu=0.4), Machine(), "cpu_main"),
        (replace(FULL, elu=0.95, cpu=0.75), Machine(), "gap"),
        (replace(FULL, cpu=0.75), Machine(cpu=0.85), "host_cpu"),
        (FULL, Machine(throttled=0.2), "throttled"),
        (replace(FULL, gc_share=0.15), Machine(), "gc_share"),
    ],
)
def test_stays_silent_for_what_only_looks_like_it(load: Load, machine: Machine, signal: str) -> None:
    seen = snapshot(replace(load, noise=0.0), machine=machine)
    against = [e.signal for e in read(seen).evidence if e.holds is False]
    assert signal in against
    assert rule(seen).verdict is Verdict.CLEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_a_load_that_comes_and_goes(seed: int) -> None:
    assert rule(snapshot(replace(FULL, elu=0.82, noise=0.35), seed=seed)).verdict is Verdict.CLEAR


def test_stays_silent_for_one_hot_process_among_idle_ones() -> None:
    assert rule(snapshot(FULL, Load(elu=0.05), Load(elu=0.05))).verdict is Verdict.CLEAR


def test_stays_silent_while_a_process_warms_up() -> None:
    young = rule(snapshot(replace(FULL, age=100)))
    assert young.verdict is Verdict.UNKNOWN
    assert "older than 120 s" in young.reading.missing[0]


def test_it_needs_the_host_only_where_the_loop_is_busy() -> None:
    alone = Senders(host=False)
    assert rule(snapshot(Load(elu=0.3), senders=alone)).verdict is Verdict.CLEAR
    busy = rule(snapshot(FULL, senders=alone))
    assert busy.verdict is Verdict.UNKNOWN
    assert "run the agent" in busy.reading.missing[0]


def test_unknown_names_the_signal_that_no_one_sends() -> None:
    seen = rule(snapshot(FULL, senders=Senders(agent=False)))
    assert seen.verdict is Verdict.UNKNOWN
    assert "advisor.process.main_thread.cpu.time" in seen.reading.missing[0]


@pytest.mark.parametrize("senders", [Senders(lost=0.4), Senders(silent=300.0)])
def test_unknown_where_too_much_of_the_data_is_lost(senders: Senders) -> None:
    assert rule(snapshot(FULL, senders=senders, seed=5)).verdict is Verdict.UNKNOWN


def test_busy_threads_do_not_make_the_main_thread_busy() -> None:
    seen = snapshot(Load(elu=0.3, threads_cpu=1.5), machine=Machine(cores=4, cpu=0.5))
    assert rule(seen).verdict is Verdict.CLEAR


@pytest.mark.parametrize(("ago", "verdict"), [(20.0, Verdict.CLEAR), (200.0, Verdict.PENDING)])
def test_a_load_that_just_rose_is_not_yet_a_state(ago: float, verdict: Verdict) -> None:
    assert rule(snapshot(replace(FULL, cpu=None, elu_before=0.1, changed=ago))).verdict is verdict


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_a_batch_job_that_fills_its_loop_by_design_is_no_warning(scale: float) -> None:
    batch = replace(FULL, elu=0.97, rps=0.0, routes={})
    seen = with_figures(snapshot(batch, machine=Machine(cpu=0.6), time_scale=scale), listening=0.0)
    assert read(seen).condition is Condition.OVER
    assert read(seen).severity is Severity.INFO


@pytest.mark.parametrize(
    ("load", "ports"),
    [
        (replace(FULL, elu=0.97), 0.0),
        (replace(FULL, elu=0.97, rps=0.0, routes={}), 1.0),
        (replace(FULL, elu=0.97, rps=0.0, routes={}), np.nan),
        (replace(FULL, elu=0.97, rps=0.0, routes={}, websockets=5.0), 0.0),
        (replace(FULL, elu=0.97, rps=0.0, routes={}, role="worker"), 0.0),
    ],
)
def test_it_stays_critical_where_somebody_may_wait(load: Load, ports: float) -> None:
    seen = with_figures(snapshot(load, machine=Machine(cpu=0.6)), listening=ports)
    assert read(seen).severity is Severity.CRITICAL


QUIET = Machine(cores=8, cpu=0.2)


def test_cores_that_its_quota_keeps_from_it_are_not_idle_for_it() -> None:
    held = with_figures(snapshot(FULL, machine=QUIET), cgroup_cpu_limit=1.0)
    roomy = with_figures(snapshot(FULL, machine=QUIET), cgroup_cpu_limit=4.0)
    assert read(held).claim.endswith("busy, and no core of its quota is idle")
    assert "busy while 3.1 of 4 cores of its quota are idle" in read(roomy).claim
    assert read(snapshot(FULL, machine=QUIET)).claim.endswith("of 8 cores are idle")


@pytest.mark.parametrize(("share", "condition"), [
    (0.0, Condition.OVER), (0.04, Condition.OVER), (0.06, Condition.BETWEEN),
])  # fmt: skip
def test_a_loop_that_its_own_quota_holds_back_is_another_trouble(share: float, condition: Condition) -> None:
    assert read(in_one_container(snapshot(FULL, machine=QUIET), 0.95, share)).condition is condition


def test_a_quota_that_full_loops_alone_use_up_is_no_other_trouble() -> None:
    assert read(in_one_container(snapshot(FULL, machine=QUIET), 1.0, 0.32)).condition is Condition.OVER
    two = snapshot(*[FULL] * 2, machine=QUIET)
    assert read(in_one_container(two, 2.0, 0.32)).condition is Condition.OVER
    assert read(in_one_container(two, 1.9, 0.32)).condition is Condition.BETWEEN


@pytest.mark.parametrize(("quota", "condition"), [(1.0, Condition.OVER), (0.95, Condition.BETWEEN)])
def test_nor_is_the_quota_of_the_container_that_the_agent_shares_with_it(quota: float, condition: Condition) -> None:
    shared = snapshot(FULL, machine=replace(QUIET, cores=1, throttled=0.32))
    assert read(in_one_container(shared, quota, 0.32)).condition is condition


def test_a_quota_that_loops_have_filled_for_two_minutes_delays_nothing() -> None:
    lately = snapshot(Load(elu=0.92, elu_before=0.3, changed=120, rps=110), machine=QUIET)
    assert read(in_one_container(lately, 1.0, 0.32)).condition is Condition.OVER
    assert read(in_one_container(lately, 0.95, 0.32)).condition is Condition.BETWEEN
