"""thread-pool-saturated: requests that wait for one of libuv's threads, and what only answers slowly."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.engine.replay import Replay
from advisor.features import Snapshot
from advisor.vocabulary import Severity, Verdict
from tests.additions import with_figures, with_probe_figures, with_window
from tests.answers import ruled
from tests.builders import NOW, Load, Machine, Senders, service, snapshot

SEEDS = (1, 2, 3)
SLOW_FILES = Load(elu=0.2, latency=0.15, threads_cpu=0.05)

rule = partial(ruled, "thread-pool-saturated")


def read(seen: Snapshot) -> Reading:
    return rule(seen).reading


def pooled(load: Load, wait: Any = 0.1, machine: Machine | None = None, seed: int = 1, **more: Any) -> Snapshot:
    return with_probe_figures(snapshot(load, machine=machine, seed=seed, **more), threadpool_wait=wait)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_fires_where_half_of_the_requests_wait(seed: int, time_scale: float) -> None:
    seen = pooled(SLOW_FILES, seed=seed, time_scale=time_scale)
    assert read(seen).condition is Condition.OVER
    assert read(seen).confidence >= 0.75


def test_the_claim_tells_waiting_from_computing_threads() -> None:
    waiting = pooled(SLOW_FILES, machine=Machine(cores=8, cpu=0.1), name="media")
    assert read(waiting).claim.startswith("media: half of the requests to the thread pool wait 9")
    assert "threads use 5% of a core: they wait for disks or name servers" in read(waiting).claim
    computing = pooled(replace(SLOW_FILES, threads_cpu=3.4), machine=Machine(cores=8, cpu=0.5))
    assert "its threads compute on 3.4 cores" in read(computing).claim
    held = pooled(replace(SLOW_FILES, threads_cpu=1.6), machine=Machine(cores=8, cpu=0.5))
    assert "compute" not in read(held).claim
    assert "its threads compute on 1.6 cores" in read(with_figures(held, cgroup_cpu_limit=2.0)).claim
    worker_threads = with_probe_figures(computing, worker_threads=4.0)
    assert "threads compute" not in read(worker_threads).claim


@pytest.mark.parametrize(("wait", "condition"), [
    (0.030, Condition.OVER), (0.020, Condition.BETWEEN), (0.009, Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(wait: float, condition: Condition) -> None:
    assert read(pooled(replace(SLOW_FILES, latency=0.05), wait)).condition is condition


def test_it_is_critical_from_half_a_second() -> None:
    assert read(pooled(replace(SLOW_FILES, latency=0.8), 0.4)).severity is Severity.WARNING
    assert read(pooled(replace(SLOW_FILES, latency=0.8), 0.6)).severity is Severity.CRITICAL


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("load", [Load(), Load(elu=0.0, rps=0.0), Load(elu=0.885, rps=175), SLOW_FILES])
def test_stays_clear_for_a_pool_with_free_threads(load: Load, seed: int) -> None:
    assert rule(pooled(load, 0.0005, seed=seed)).verdict is Verdict.CLEAR


COMPRESSING = Load(elu=0.18, rps=40, latency=0.12, threads_cpu=0.8)


def compressing(load: Load = COMPRESSING, size: float = 1.0, **columns: float) -> Snapshot:
    """Many small jobs: a look waits for one of them, and sees no queue."""
    return with_probe_figures(pooled(load, 0.001), threadpool_size=size, **columns)


def test_threads_that_compute_nearly_all_the_time_are_a_queue_that_no_look_sees() -> None:
    reading = read(compressing())
    assert reading.condition is Condition.OVER
    assert reading.confidence >= 0.6
    assert "the pool of 1 thread is 80% busy, and a request waits 8" in reading.claim
    eight = with_probe_figures(
        pooled(Load(elu=0.4, rps=200, latency=0.1, threads_cpu=3.7), 0.001, Machine(cores=16)), threadpool_size=4.0
    )
    assert read(eight).condition is Condition.OVER


@pytest.mark.parametrize(
    "seen",
    [
        compressing(size=4.0),
        compressing(replace(COMPRESSING, threads_cpu=0.6)),
        compressing(replace(COMPRESSING, latency=0.5)),
        compressing(worker_threads=2.0),
        compressing(replace(COMPRESSING, gc_share=0.2)),
        with_probe_figures(pooled(COMPRESSING, 0.001)),
    ],
)
def test_stays_silent_for_threads_with_time_left_and_for_other_threads_that_compute(seen: Snapshot) -> None:
    assert rule(seen).verdict is Verdict.CLEAR


def test_stays_silent_for_a_slow_name_server_that_leaves_threads_free() -> None:
    seen = with_probe_figures(pooled(Load(elu=0.1, latency=2.0), 0.001), threadpool_active=3.0)
    assert rule(seen).verdict is Verdict.CLEAR


def test_stays_silent_for_a_blocked_loop_which_answers_late() -> None:
    assert rule(pooled(Load(elu=0.3, block=0.3, block_every=4.0), 0.29)).verdict is Verdict.CLEAR


def test_stays_silent_for_a_saturated_loop() -> None:
    assert rule(pooled(Load(elu=0.93, rps=150, latency=0.15), 0.1)).verdict is Verdict.CLEAR


def test_stays_silent_for_a_burst_of_files_in_two_of_five_minutes() -> None:
    seen = pooled(SLOW_FILES, 0.0)
    track = seen.window.instances[0].track
    track.values["threadpool_wait"][(track.times > seen.now - 120) & ~np.isnan(track.values["loop_active"])] = 0.2
    assert rule(seen).verdict is Verdict.CLEAR


def fired(minutes: float) -> list[float]:
    """The seconds after which it fires, of a queue that lasts so many minutes at most 15."""
    long = Snapshot(service(SLOW_FILES, seconds=1500.0), NOW)
    seen = with_probe_figures(long, threadpool_wait=0.0)
    track, begins = seen.window.instances[0].track, seen.now - 900
    queued = (track.times > begins) & (track.times <= begins + 60 * minutes)
    track.values["threadpool_wait"][queued & ~np.isnan(track.values["loop_active"])] = 0.2
    found = [judged for judged in Replay(seen.window) for ruling in judged.rulings
             if ruling.rule == "thread-pool-saturated" and ruling.verdict is Verdict.FIRING]  # fmt: skip
    return [judged.at - begins for judged in found]


def test_a_queue_is_told_of_after_five_minutes() -> None:
    assert fired(15)[0] == pytest.approx(330, abs=30)


def test_stays_silent_for_a_job_of_four_minutes() -> None:
    assert fired(4) == []


def test_stays_silent_once_the_queue_is_gone() -> None:
    seen = pooled(SLOW_FILES, 0.2)
    track = seen.window.instances[0].track
    track.values["threadpool_wait"][(track.times > seen.now - 60) & ~np.isnan(track.values["loop_active"])] = 0.0
    assert read(seen).condition is Condition.UNDER


def test_stays_silent_for_a_wait_that_requests_hardly_feel() -> None:
    assert rule(pooled(replace(SLOW_FILES, latency=1.5), 0.04)).verdict is Verdict.CLEAR


def beside_long_polls(latency: float, share: float = 0.5) -> Snapshot:
    """A route with requests of this length beside long polls, which are all other requests."""
    seen = pooled(replace(SLOW_FILES, latency=2.0, routes={"GET /poll": 1.0}), 0.1)
    quick = pooled(replace(SLOW_FILES, latency=latency, routes={"GET /file": share}), 0.1)
    (one,), (other,) = seen.window.instances, quick.window.instances
    return with_window(seen, instances=(replace(one, parts=(*one.parts, *other.parts)),))


def test_one_route_that_feels_it_is_enough() -> None:
    found = read(beside_long_polls(0.15))
    assert found.condition is Condition.OVER
    assert next(e.value for e in found.evidence if e.signal == "threadpool_felt") == pytest.approx(0.6, abs=0.1)


@pytest.mark.parametrize("latency", [0.05, 0.9])
def test_stays_silent_where_no_route_waits_or_feels_it(latency: float) -> None:
    assert rule(beside_long_polls(latency)).verdict is Verdict.CLEAR


def test_without_processors_everybody_waits_and_the_host_explains_it() -> None:
    starved = replace(SLOW_FILES, elu=0.6, cpu=0.2)
    assert rule(pooled(starved)).held_back_by == ""
    assert rule(pooled(starved, machine=Machine(cpu=0.98, pressure=0.6))).held_back_by == "host-cpu-saturated"


def test_unknown_without_the_probe() -> None:
    seen = rule(snapshot(SLOW_FILES, senders=Senders(probe=False)))
    assert seen.verdict is Verdict.UNKNOWN
    assert "advisor.nodejs.threadpool.wait" in seen.reading.missing[0]
