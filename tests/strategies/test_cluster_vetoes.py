"""cluster: what forbids it, rule by rule, and the troubles besides a busy loop that it answers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from advisor.diagnosis.vetoes import clone_veto
from advisor.vocabulary import PartKind
from advisor.vocabulary.events import EXITED
from tests import rulings
from tests.additions import happened, in_containers, with_events, with_figures, with_part, with_probe_figures
from tests.answers import expected, option, rejection
from tests.builders import YOUNG, Load, Machine, Senders, snapshot
from tests.strategies.tools import shell

SATURATED, BLOCKED = "event-loop-saturated", "event-loop-blocked"
FULL = Load(elu=0.885, cpu=0.85, rps=175, latency=0.0055)

offered = partial(option, "cluster", SATURATED)
refused = partial(rejection, "cluster", SATURATED)

ROOMY = Machine(cores=8, cpu=0.15)
SHARED_OUT = {SATURATED, BLOCKED, "dropped-at-deploy", "descriptor-exhaustion"}
"""Troubles that workers share among them, each with a limit of its own."""


@pytest.mark.parametrize("rule", [rule for rule in rulings.ALL if rule not in SHARED_OUT])
def test_a_trouble_that_every_worker_has_is_refused_on_the_roomiest_machine(rule: str) -> None:
    assert rulings.refused("cluster", rule, snapshot(FULL, machine=ROOMY))


def test_nothing_is_advised_against_memory_where_the_host_is_silent() -> None:
    assert "42%" in rulings.refused("cluster", "memory-leak", snapshot(FULL, senders=Senders(host=False)))


@pytest.mark.parametrize(("quota", "title"), [(2.0, "Run 2 workers on web-1"), (5.0, "Run 5 workers on web-1")])
def test_the_quota_of_its_control_group_bounds_it(quota: float, title: str) -> None:
    seen = with_figures(snapshot(*[replace(FULL, elu=0.99, cpu=0.98)] * 1, machine=ROOMY), cgroup_cpu_limit=quota)
    more = with_figures(snapshot(*[replace(FULL, elu=0.99, cpu=0.98)] * 3, machine=ROOMY), cgroup_cpu_limit=quota)
    assert offered(seen if quota == 2 else more).title == title


def test_a_quota_of_one_core_forbids_it() -> None:
    assert "has 1 core for it" in refused(with_figures(snapshot(FULL, machine=ROOMY), cgroup_cpu_limit=1.0))


@pytest.mark.parametrize(("limit", "workers"), [(230e6, 0), (240e6, 2), (340e6, 2), (360e6, 3)])
def test_the_memory_of_its_control_group_must_hold_all_workers(limit: float, workers: int) -> None:
    """Two carry the work, and a third one while one starts anew: it is left out where it has no room."""
    seen = with_figures(snapshot(replace(FULL, rss=90e6), machine=ROOMY), cgroup_memory_limit=limit)
    if workers:
        assert offered(seen).title == f"Run {workers} workers on web-1"
    else:
        assert "86% of the 230 MB that its control group allows" in refused(seen)


@pytest.mark.parametrize(("others", "workers"), [(45.0, 3), (55.0, 2), (65.0, 0)])
def test_the_pools_of_all_workers_must_fit_the_database(others: float, workers: int) -> None:
    pooled = with_part(snapshot(FULL, machine=ROOMY), PartKind.POOL, "postgresql db:5432/shop", capacity=10.0)
    store = {"capacity": 100.0, "reserved": 0.0, "used": others}
    seen = with_part(pooled, PartKind.DATASTORE, "postgresql 127.0.0.1 5432 shop", **store)
    if workers:
        assert offered(seen).title == f"Run {workers} workers on web-1"
    else:
        assert "85% of the 100 that postgresql" in refused(seen)


def test_a_lone_process_gets_a_stand_in_for_deploys() -> None:
    calm = Load(elu=0.2, rps=50)
    found = rulings.offered("cluster", "dropped-at-deploy", snapshot(calm, machine=ROOMY))
    assert found.title == "Run 2 workers on web-1"
    assert "answers while the other restarts" in found.why
    assert "2 processes" in rulings.refused("cluster", "dropped-at-deploy", snapshot(calm, calm, machine=ROOMY))


def test_connections_are_shared_out_once_the_limit_is_high() -> None:
    calm = snapshot(Load(elu=0.2, rps=50), machine=ROOMY)
    high = with_figures(calm, fd_limit=65_536.0, fd_open=61_000.0, fd_sockets=60_000.0, connections=60_000.0)
    found = rulings.offered("cluster", "descriptor-exhaustion", high)
    opened = expected(found, "fd_open")
    assert found.title == "Run 2 workers on web-1"
    assert opened.low is not None
    assert opened.high is not None
    assert opened.low < 31_000 < opened.high < 65_536 * 0.6
    low = with_figures(calm, fd_limit=1024.0, fd_open=900.0, fd_sockets=880.0, connections=880.0)
    assert "raised first" in rulings.refused("cluster", "descriptor-exhaustion", low)


@pytest.mark.parametrize(("code", "ago", "reason"), [
    ("ENFILE", 200, "1 process ended at the limit of a kernel (ENFILE): it is raised first."),
    ("ENFILE", 3_700, "None"), ("EMFILE", 200, "None"),
])  # fmt: skip
def test_a_kernel_at_whose_limit_a_process_ended_is_given_room_first(code: str, ago: float, reason: str) -> None:
    seen = with_figures(snapshot(Load()), fd_limit=65_536.0, fd_open=60_000.0, connections=58_000.0)
    ended = with_events(seen, happened(EXITED.name, ago, exception=f"Error {code}"))
    assert str(clone_veto(ended, rulings.firing("descriptor-exhaustion"))) == reason


def test_the_garbage_of_a_full_loop_is_shared_out_once_the_heap_has_room() -> None:
    churning = replace(FULL, gc_share=0.14)
    seen = with_probe_figures(snapshot(churning, machine=ROOMY), heap_floor=0.4e9, heap_limit=YOUNG + 1e9)
    assert option("cluster", "gc-pressure", seen).title == "Run 3 workers on web-1"
    full = with_probe_figures(seen, heap_floor=0.9e9)
    assert "90% full after a collection" in rejection("cluster", "gc-pressure", full)
    idle = with_probe_figures(snapshot(replace(churning, elu=0.5, cpu=0.48), machine=ROOMY), heap_floor=0.4e9)
    assert "as costly there" in rejection("cluster", "gc-pressure", idle)


def test_the_choice_between_both_ways_is_explained_and_every_command_reads() -> None:
    found = offered(snapshot(replace(FULL, websockets=40), machine=ROOMY))
    told = {
        platform: " ".join(s.text for s in found.steps if s.platform == platform)
        for platform in ("PM2", "node:cluster")
    }
    assert "several applications" in told["PM2"]
    assert "full control" in told["node:cluster"]
    assert "sticky" in found.steps[0].text
    assert {"pm2 startup", "kill -HUP PID_OF_THE_PRIMARY"} <= set(shell.read(found.steps))
    assert "sticky" not in " ".join(step.text for step in offered(snapshot(FULL, machine=ROOMY)).steps)


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_the_time_scale_changes_nothing(scale: float) -> None:
    assert offered(snapshot(FULL, machine=ROOMY, time_scale=scale)).title == "Run 3 workers on web-1"


def test_loops_that_fill_the_quota_leave_no_core_for_another() -> None:
    two = snapshot(*[FULL] * 2, machine=ROOMY)
    assert refused(with_figures(two, cgroup_cpu_limit=2.0)) == (
        "2 busy event loops fill the 2 cores of its quota on web-1."
    )
    assert offered(with_figures(two, cgroup_cpu_limit=4.0)).title == "Run 4 workers on web-1"
    assert "of 4 cores of its quota on web-1 idle" in offered(with_figures(two, cgroup_cpu_limit=4.0)).why


def test_each_of_several_containers_is_sized_by_its_own_quota() -> None:
    three = snapshot(*[FULL] * 3, machine=Machine(cores=16, cpu=0.2))
    found = offered(in_containers(three, 2.0, 0.01, 0.01, 0.01))
    assert found.title == "Run 2 workers in each of 3 control groups"
    loop = expected(found, "loop_utilization")
    assert loop.low == pytest.approx(three.work(60.0) / 6 * 0.9)
    assert "has 1 core for it" in refused(in_containers(three, 1.0, 0.01, 0.01, 0.01))


SHARING = replace(FULL, elu=0.9, rps=100)


def test_containers_of_one_machine_share_its_idle_cores() -> None:
    """0.88 idle cores and 8.5 ms a request: 103 a second more than the 400 of now."""
    four = snapshot(*[SHARING] * 4, machine=Machine(cores=8, cpu=0.89))
    found = offered(in_containers(four, 2.0, 0.01, 0.01, 0.01, 0.01))
    capacity = expected(found, "capacity")
    assert found.title == "Run 2 workers in each of 4 control groups"
    assert capacity.high == pytest.approx(503, rel=0.06)


@pytest.mark.parametrize(("available", "fits"), [(1.9e9, False), (4.0e9, True)])
def test_containers_of_one_machine_share_its_memory(available: float, fits: bool) -> None:
    """4 times 330 MB more on 8 GB: 93%, and 67%."""
    machine = Machine(cores=8, cpu=0.7, memory=8e9, available=available)
    four = in_containers(snapshot(*[replace(SHARING, rss=300e6)] * 4, machine=machine), 2.0, 0.01, 0.01, 0.01, 0.01)
    if fits:
        assert offered(four).cost == "+1.2 GB memory per host"
    else:
        assert "93% of the memory of web-1" in refused(four)


@pytest.mark.parametrize(("limit", "told"), [(1.0e9, "270M"), (4.0e9, "420M"), (16e9, "420M")])
def test_pm2_restarts_a_worker_before_the_control_group_is_full(limit: float, told: str) -> None:
    """Twice of 220 MB, at most a third of 85% of what all may take."""
    seen = with_figures(snapshot(replace(FULL, rss=220e6), machine=ROOMY), cgroup_memory_limit=limit)
    found = offered(seen)
    config = next(step.code for step in found.steps if step.file == "ecosystem.config.cjs")
    assert found.title == "Run 3 workers on web-1"
    assert f'max_memory_restart: "{told}"' in config
