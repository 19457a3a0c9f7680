"""load-balance: machines where no core is idle, and a way around a blocked process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advisor.diagnosis import Evidence, Option, Rejection
from advisor.engine import STRATEGIES
from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests import rulings
from tests.additions import with_figures, with_part, with_window
from tests.answers import expected, option, rejection
from tests.builders import Load, Machine, Senders, snapshot
from tests.rulings import firing
from tests.strategies.tools import cloudformation
from tests.strategies.tools.gcloud import parsed
from tests.strategies.tools.nginx import complaints

SATURATED, BLOCKED, STARVED = "event-loop-saturated", "event-loop-blocked", "host-cpu-saturated"
FULL = Load(elu=0.885, cpu=0.85, rps=175, latency=0.0055)
TIGHT = Machine(cores=1, cpu=0.79)
FUTILE = ("memory-leak", "gc-pressure", "downstream-bound", "descriptor-leak", "uneven-load", "datastore-write-bound",
          "datastore-read-bound", "crash-loop", "overprovisioned", "websocket-capacity")  # fmt: skip
HEAVY = Load(elu=0.08, rps=3, block=0.3)


@pytest.mark.parametrize(
    ("loads", "title"),
    [([FULL], "Add 2 machines behind a load balancer"), ([FULL] * 4, "Add 1 machine behind a load balancer")],
)
def test_it_is_sized_to_survive_the_loss_of_one(loads: list[Load], title: str) -> None:
    assert option("load-balance", SATURATED, snapshot(*loads, machine=Machine(cores=4, cpu=0.7))).title == title


def test_it_is_sized_for_the_busiest_hours_of_a_week() -> None:
    found = option("load-balance", SATURATED, with_window(snapshot(FULL, machine=TIGHT), busiest=2.0))
    assert found.title == "Add 3 machines behind a load balancer"
    assert found.why.endswith("The busiest hours of the last 7 days took 2.3 times the work of now.")


def test_idle_cores_at_hand_come_first() -> None:
    idle = option("load-balance", SATURATED, snapshot(FULL, machine=Machine(cores=8, cpu=0.2)))
    full = option("load-balance", SATURATED, snapshot(FULL, machine=Machine(cores=1, cpu=0.79)))
    assert "idle cores" in idle.why
    assert idle.confidence < full.confidence


def test_a_full_host_is_relieved() -> None:
    seen = snapshot(*[Load(elu=0.99, cpu=0.47)] * 4, machine=Machine(cores=2, cpu=0.97))
    found = option("load-balance", STARVED, seen)
    assert found.title == "Add 2 machines behind a load balancer"
    assert expected(found, "loop_utilization").high is None


def test_one_process_leaves_no_way_around() -> None:
    assert "With 1 process" in rejection("load-balance", BLOCKED, snapshot(HEAVY))


def test_three_processes_do() -> None:
    found = option("load-balance", BLOCKED, snapshot(*[HEAVY] * 3, machine=Machine(cores=4)))
    assert found.title == "Balance the 3 processes by open connections"
    assert not found.adds_copies
    assert [e.metric for e in found.expected] == ["p95"]


def test_it_needs_to_know_the_processors() -> None:
    seen = snapshot(FULL, senders=Senders(host=False))
    assert "0 of its hosts" in rejection("load-balance", SATURATED, seen)


def test_the_configuration_lists_every_server_and_has_a_safe_name(tmp_path: Path) -> None:
    found = offered(snapshot(FULL, name="a/b c", hosts=2, machine=TIGHT))
    nginx = next(step for step in found.steps if step.platform == "NGINX")
    assert nginx.file == "/etc/nginx/conf.d/a_b_c.conf"
    assert "upstream a_b_c {" in nginx.code
    assert nginx.code.count("server web-") == 2
    assert complaints(nginx.code, tmp_path) == ""


@pytest.mark.parametrize(
    ("spread", "line", "reason"),
    [(0.3, "", "cost about the same"), (0.6, "", "taking turns"), (0.7, "least_conn;", "fewest open"),
     (1.5, "least_conn;", "Its requests differ")],
)  # fmt: skip
def test_what_requests_cost_decides_who_gets_one(spread: float, line: str, reason: str) -> None:
    """Squared variations of 0.1, 0.43, 0.63 and 8.5; the limit is 0.5."""
    found = offered(snapshot(replace(FULL, spread=spread), machine=TIGHT))
    code = configuration(found)
    assert ("least_conn;" in code) is bool(line)
    assert reason in found.why
    assert "ip_hash;" not in code
    assert any("`ip_hash;` keeps a client by its address" in step.text for step in found.steps)


def test_upgraded_connections_pass_the_balancer_and_others_are_kept_open(tmp_path: Path) -> None:
    plain = configuration(offered(snapshot(FULL, machine=TIGHT)))
    upgraded = configuration(offered(snapshot(FULL, replace(FULL, websockets=40), machine=TIGHT)))
    assert 'proxy_set_header Connection "";' in plain
    assert "Upgrade" not in plain
    assert "proxy_set_header Upgrade $http_upgrade;" in upgraded
    assert "hash $route_of_shop consistent;" in upgraded
    assert complaints(upgraded, tmp_path) == ""


def test_clouds_are_sized_alike(tmp_path: Path) -> None:
    """175 requests a second fill 0.885 of a loop: 119 a machine at 60%."""
    found = offered(snapshot(FULL, machine=TIGHT))
    template = next(step.code for step in found.steps if step.file == "balancer.cfn.yaml")
    commands = google(found)
    assert cloudformation.complaints(template, tmp_path) == ""
    assert 'MinSize: "3"' in template
    assert 'MaxSize: "6"' in template
    assert int(commands["backend-services add-backend"]["max-rate-per-instance"]) == pytest.approx(119, abs=5)
    assert commands["instance-groups managed set-autoscaling"]["min-num-replicas"] == "3"


@pytest.mark.parametrize(("others", "most"), [(0.0, 6), (28.0, 4), (38.0, 3)])
def test_groups_grow_only_as_far_as_a_database_accepts_connections(others: float, most: int) -> None:
    """10 connections each: 80% of 97 are 77 less those of others."""
    found = offered(pooled(snapshot(FULL, machine=TIGHT), others))
    assert group(found) == ("3", str(most))
    scaled = google(found).get("instance-groups managed set-autoscaling", {})
    assert scaled.get("max-num-replicas") == (str(most) if most > 3 else None)


@pytest.mark.parametrize("hosts", [1, 2])
def test_each_machine_counts_with_all_of_its_processes(hosts: int) -> None:
    """2 processes a machine of 5 connections each: room for 10 processes in all."""
    full = [replace(FULL, elu=0.6 / hosts, cpu=0.55 / hosts)] * 2
    found = offered(pooled(snapshot(*full, machine=TIGHT, hosts=hosts), 25.0, each=5.0))
    least, most = group(found)
    assert (int(least), int(most)) == ({1: 2, 2: 3}[hosts], {1: 4, 2: 5}[hosts])


@pytest.mark.parametrize("load", [
    replace(FULL, websockets=40), replace(FULL, rps=0.0, websockets=40), replace(FULL, rps=0.0),
    replace(FULL, rps=0.01),
])  # fmt: skip
def test_a_group_never_follows_what_does_not_show_the_load(load: Load) -> None:
    found = offered(snapshot(load, machine=TIGHT))
    assert group(found) == ("3", "3")
    assert "instance-groups managed set-autoscaling" not in google(found)
    assert not any("TargetTracking" in step.code or "max-rate" in step.code for step in found.steps)
    told = " ".join(step.text for step in found.steps)
    assert (f"{STRATEGIES['websocket-scale-out'].name} (websocket-scale-out)" in told) is (load.websockets > 0)


def test_without_the_probe_nobody_knows_the_requests() -> None:
    found = offered(snapshot(FULL, machine=TIGHT, senders=Senders(probe=False)))
    assert "no number of requests is known to fill one of them" in " ".join(step.text for step in found.steps)


@pytest.mark.parametrize(("sockets", "timeout"), [(0, None), (40, "86400")])
def test_google_keeps_websockets_open(sockets: float, timeout: str | None) -> None:
    found = offered(snapshot(replace(FULL, websockets=sockets), machine=TIGHT))
    assert google(found)["backend-services create"].get("timeout") == timeout


@pytest.mark.parametrize(("platform", "idle"), [("NGINX", 65), ("AWS ALB", 65), ("Google Cloud", 620)])
def test_servers_keep_connections_longer_than_each_balancer(platform: str, idle: int) -> None:
    steps = [step for step in offered(snapshot(FULL, machine=TIGHT)).steps if step.platform == platform]
    [call] = [step.code for step in steps if step.file == "server.js"]
    assert any(step.file == "shutdown.mjs" and "idle: 65 }" in step.code for step in steps)
    assert ("idle: 620" in call) is (idle == 620)


def test_sessions_come_first() -> None:
    assert offered(snapshot(FULL, machine=TIGHT)).check_first.startswith("Check first that no session")


@pytest.mark.parametrize("rule", FUTILE)
def test_a_trouble_that_copies_share_is_refused(rule: str) -> None:
    found = STRATEGIES["load-balance"].answer(snapshot(FULL, machine=TIGHT), firing(rule))
    assert isinstance(found, Rejection)
    assert "42%" in found.reason


@pytest.mark.parametrize(("others", "fits"), [(45.0, True), (55.0, False)])
def test_the_pools_of_all_copies_must_fit_the_database(others: float, fits: bool) -> None:
    """3 copies with 10 each, and others: 75 and 85 of 97 for a limit of 80%."""
    full = pooled(snapshot(FULL, machine=TIGHT), others)
    if fits:
        assert offered(full).title == "Add 2 machines behind a load balancer"
    else:
        assert "of the 97 that postgresql" in rejection("load-balance", SATURATED, full)


def test_descriptors_are_shared_out_once_their_limit_is_as_usual() -> None:
    seen = with_figures(snapshot(FULL, machine=TIGHT), fd_open=60_000.0, fd_sockets=59_000.0, fd_limit=65_536.0)
    found = rulings.offered("load-balance", "descriptor-exhaustion", with_figures(seen, connections=58_000.0))
    assert [e.metric for e in found.expected] == ["fd_open"]
    files = with_figures(seen, connections=1_800.0)
    assert "Only 3% of 60,000" in rulings.refused("load-balance", "descriptor-exhaustion", files)


def test_loops_that_are_full_with_their_garbage_are_sized_as_full_loops_are() -> None:
    """A room of 12% for more load, and a heap of which 40% stay in use."""
    room = Evidence("headroom", "Room for more load", 0.12, "1", 0.3, "below", True)
    kept = Evidence("heap_filled", "Heap still in use after a collection, of its limit", 0.4, "1")
    churning = snapshot(Load(elu=0.89, rps=150, gc_share=0.14), machine=Machine(cores=4, cpu=0.7))
    found = rulings.offered("load-balance", "gc-pressure", churning, room, kept)
    assert found.title == "Add 2 machines behind a load balancer"
    full = replace(kept, value=0.9)
    assert "The heap is 90% full" in rulings.refused("load-balance", "gc-pressure", churning, room, full)


def test_names_of_machines_are_to_be_replaced_by_addresses() -> None:
    found = option("load-balance", SATURATED, snapshot(FULL, machine=Machine(cores=1, cpu=0.79)))
    assert "put the machine's address in place of its name" in found.steps[0].text


def pooled(seen: Snapshot, others: float, each: float = 10.0) -> Snapshot:
    """The same with a pool of so many connections a process, at a database of 97 that others use as well."""
    called = with_part(seen, PartKind.POOL, "postgresql db:5432/shop", capacity=each, used=0.0, unused=0.0)
    return with_part(called, PartKind.DATASTORE, "postgresql 127.0.0.1 5432 shop", capacity=100.0, reserved=3.0,
                     used=others)  # fmt: skip


def group(found: Option) -> tuple[str, str]:
    """The least and the most machines of the group on AWS."""
    template = next(step.code for step in found.steps if step.file == "balancer.cfn.yaml")
    sizes = cloudformation.resources(template)["Group"]["Properties"]
    return sizes["MinSize"], sizes["MaxSize"]


def offered(seen: Snapshot) -> Option:
    return option("load-balance", SATURATED, seen)


def google(found: Option) -> dict[str, dict[str, str]]:
    written = [step.code for step in found.steps if (step.platform, step.file) == ("Google Cloud", "shell")]
    return {name: flags for code in written for name, _, flags in parsed(code)}


def configuration(found: Option) -> str:
    return next(step.code for step in found.steps if "upstream" in step.code)


def test_cores_beyond_its_quota_are_not_at_hand() -> None:
    quiet = snapshot(FULL, machine=Machine(cores=8, cpu=0.2))
    held = option("load-balance", SATURATED, with_figures(quiet, cgroup_cpu_limit=1.0))
    assert "idle cores" not in held.why
    assert held.why.startswith("The quota of 1 core on web-1 is 85% used; ")
    roomy = option("load-balance", SATURATED, with_figures(quiet, cgroup_cpu_limit=4.0))
    assert "but also 3." in roomy.why
    assert roomy.confidence < held.confidence
