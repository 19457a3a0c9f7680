"""quota: what a limit of processors that holds a service back should be."""

from __future__ import annotations

from functools import partial

import pytest

from advisor.engine import judge
from tests.additions import in_containers, in_one_container, with_figures, with_host_figures, with_window
from tests.answers import expected, option, rejection, ruled
from tests.builders import Load, Machine, snapshot
from tests.strategies.tools import shell

STARVED = "host-cpu-saturated"
SLOWED = Load(elu=0.9, cpu=0.6, rps=80)
FULL_POD = Load(elu=0.98, cpu=0.45, rps=80)

offered = partial(option, "vertical")
refused = partial(rejection, "vertical")


def test_a_quota_of_the_host_is_raised() -> None:
    seen = with_host_figures(snapshot(SLOWED, machine=Machine(cores=1, cpu=0.6, throttled=0.4)), cpu_count=8.0)
    found = offered(STARVED, seen)
    held = expected(found, "throttled")
    assert found.title == "Raise the processor limit on web-1 from 1 to 2 cores"
    assert (held.now, held.low, held.high) == (0.4, 0.0, 0.05)
    assert {step.platform for step in found.steps} == {"Kubernetes", "Docker", "systemd", ""}
    assert len(shell.read(found.steps)) == 3


def test_a_quota_of_the_process_s_own_group_is_seen() -> None:
    roomy = snapshot(SLOWED, machine=Machine(cores=8, cpu=0.2))
    seen = with_figures(roomy, cgroup_cpu_limit=0.5, cgroup_periods=100.0, cgroup_throttled=45.0)
    assert offered(STARVED, seen).title == "Raise the processor limit on web-1 from 0.5 to 2 cores"
    calm = with_figures(roomy, cgroup_cpu_limit=0.5, cgroup_periods=100.0, cgroup_throttled=14.0)
    assert "cores on web-1 are idle" in refused(STARVED, calm)


def test_a_quota_is_raised_to_what_the_busiest_hours_of_a_week_took() -> None:
    seen = with_host_figures(snapshot(SLOWED, machine=Machine(cores=1, cpu=0.6, throttled=0.4)), cpu_count=8.0)
    assert offered(STARVED, with_window(seen, busiest=2.8)).title.endswith("from 1 to 5 cores")


def test_a_quota_of_all_processors_cannot_be_raised_but_the_machine_can() -> None:
    full = with_host_figures(snapshot(SLOWED, machine=Machine(cores=1, cpu=0.6, throttled=0.4)), cpu_count=1.0)
    assert offered(STARVED, full).title == "Move web-1 to 2 cores"
    roomy = snapshot(SLOWED, machine=Machine(cores=2, cpu=0.5, throttled=0.4))
    assert "The quota is 2 cores already" in refused(STARVED, with_host_figures(roomy, cpu_count=2.0))


def test_each_container_gets_what_its_own_loop_needs() -> None:
    seen = in_containers(snapshot(*[FULL_POD] * 4, machine=Machine(cores=16, cpu=0.2)), 0.5, 0.5, 0.4, 0.4, 0.4)
    found = offered(STARVED, seen)
    assert found.title == "Raise the processor limit of each of 4 control groups on web-1 from 0.5 to 2 cores"
    assert found.cost == "6 more cores to use"
    assert any(step.code == "docker update --cpus 2 CONTAINER" for step in found.steps)


def test_workers_of_one_container_are_sized_together() -> None:
    seen = in_one_container(snapshot(*[FULL_POD] * 4, machine=Machine(cores=16, cpu=0.2)), 0.5, 0.5)
    assert offered(STARVED, seen).title == "Raise the processor limit on web-1 from 0.5 to 8 cores"


def test_the_container_that_is_held_back_most_is_raised() -> None:
    seen = in_containers(snapshot(*[FULL_POD] * 2, machine=Machine(cores=16, cpu=0.2)), 0.5, 0.02, 0.4)
    larger = with_figures(seen, 0, cgroup_cpu_limit=4.0)
    assert offered(STARVED, larger).title == "Raise the processor limit on web-1 from 0.5 to 2 cores"


def test_it_is_the_first_advice_where_a_quota_is_what_is_short() -> None:
    roomy = snapshot(SLOWED, machine=Machine(cores=8, cpu=0.2))
    seen = with_figures(roomy, cgroup_cpu_limit=0.5, cgroup_periods=100.0, cgroup_throttled=45.0)
    [advice] = [found for found in judge(seen, {}).advice if found.ruling.rule == STARVED]
    first, *others = [found.id for found in advice.options]
    assert first == "vertical"
    assert {"load-balance", "autoscale"} <= set(others)
    assert "relieve-host" in {found.id for found in advice.rejected}


def test_a_quota_elsewhere_is_not_what_a_full_host_is_short_of() -> None:
    """One machine is full, and a quota on another one holds a calm process back now and then."""
    seen = snapshot(*[Load(elu=0.99, cpu=0.47, rps=80)] * 4, machine=Machine(cores=2, cpu=0.97), hosts=2)
    calm = seen.window.hosts[1]
    calm.track.values["cpu_idle"][:] = 0.7 * 2 * 10
    here = [n for n, one in enumerate(seen.window.instances) if one.host_id == calm.id]
    for place in here:
        seen = with_figures(seen, place, cgroup_cpu_limit=1.0, cgroup_periods=100.0, cgroup_throttled=17.0)
    assert offered(STARVED, seen).title.startswith(f"Move {seen.window.hosts[0].name} to ")


def test_a_full_host_is_short_of_more_than_a_quota() -> None:
    seen = snapshot(*[SLOWED] * 2, machine=Machine(cores=2, cpu=0.97, throttled=0.4))
    assert offered(STARVED, seen).title.startswith("Move web-1 to ")


@pytest.mark.parametrize("cpu", [0.97, 0.85, 0.5])
def test_no_quota_is_no_reason_to_grow_first(cpu: float) -> None:
    seen = snapshot(*[SLOWED] * 2, machine=Machine(cores=2, cpu=cpu, pressure=0.5))
    assert ruled(STARVED, seen).reading.first == ""


def test_a_full_host_gets_more_machines_before_a_bigger_one() -> None:
    seen = snapshot(*[Load(elu=0.99, cpu=0.47, rps=80)] * 4, machine=Machine(cores=2, cpu=0.97))
    [advice] = [found for found in judge(seen, {}).advice if found.ruling.rule == STARVED]
    order = [found.id for found in advice.options]
    assert order.index("load-balance") < order.index("vertical")
