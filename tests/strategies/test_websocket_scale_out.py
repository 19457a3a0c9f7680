"""websocket-scale-out: sized by sockets, sticky, and never by the processor."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.diagnosis import Evidence, Option, Rejection
from advisor.engine import STRATEGIES
from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests.additions import with_figures, with_part
from tests.answers import expected
from tests.builders import Load, Machine, snapshot
from tests.rulings import ALL, firing
from tests.strategies.tools import shell
from tests.strategies.tools.kubernetes import manifests
from tests.strategies.tools.nginx import complaints

RULE = "websocket-capacity"
CHAT = Load(elu=0.7, rps=5, websockets=3_500)


def capacity(sockets: float) -> tuple[Evidence, ...]:
    return (
        Evidence("websocket_use", "Share of what it can carry", 3_500 / sockets, "1", 0.8, "at least", True),
        Evidence("capacity_loop", "WebSockets by its event loop", sockets, "{connection}"),
        Evidence("capacity_descriptors", "WebSockets by its descriptors", 50_000, "{connection}"),
        Evidence("capacity_memory", "WebSockets by its memory", None, "{connection}"),
    )


def answered(seen: Snapshot, sockets: float = 4_000) -> Option | Rejection:
    return STRATEGIES["websocket-scale-out"].answer(seen, firing(RULE, *capacity(sockets)))


def offered(seen: Snapshot, sockets: float = 4_000) -> Option:
    found = answered(seen, sockets)
    assert isinstance(found, Option), found
    return found


@pytest.mark.parametrize(
    ("processes", "each", "title"),
    [(1, 3_500, "over 2 processes"), (2, 3_500, "over 3 processes"), (4, 3_500, "over 6 processes")],
)
def test_it_is_sized_by_sockets(processes: int, each: float, title: str) -> None:
    """3,500, 7,000 and 14,000 sockets, a tenth more, at 3,000 each: 1.3, 2.6 and 5.1, and one may be lost."""
    seen = snapshot(*[replace(CHAT, websockets=each)] * processes, machine=Machine(cores=8))
    assert title in offered(seen).title


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_sockets_are_shared_out(time_scale: float) -> None:
    held = expected(offered(snapshot(CHAT, machine=Machine(cores=4), time_scale=time_scale)), "websockets")
    assert (held.now, held.low, held.high) == pytest.approx((3_500, 1_575, 1_925))


def test_it_never_follows_the_processor_and_never_takes_turns(tmp_path: Path) -> None:
    found = offered(snapshot(CHAT, machine=Machine(cores=4)))
    (scaler,) = manifests(next(step.code for step in found.steps if step.file == "hpa.yaml"))
    assert [metric["type"] for metric in scaler["spec"]["metrics"]] == ["Pods", "Pods"]
    assert "3000" in str(scaler)
    written = next(step.code for step in found.steps if step.file.endswith(".conf"))
    assert complaints(written, tmp_path) == ""
    assert "hash $route_of_shop consistent;" in written
    assert "Upgrade $http_upgrade" in written
    assert "use neither" in found.check_first


def test_workers_only_where_the_machine_has_cores() -> None:
    roomy = offered(snapshot(CHAT, machine=Machine(cores=4, cpu=0.3)))
    full = offered(snapshot(CHAT, machine=Machine(cores=1, cpu=0.7)))
    assert "on this machine" in roomy.title
    assert any(step.file == "realtime-cluster.mjs" for step in roomy.steps)
    assert all(step.file != "realtime-cluster.mjs" for step in full.steps)
    assert "on other machines" in full.cost


def test_clients_return_at_random_moments_by_their_number() -> None:
    """1,750 of a lost process, 200 a second."""
    client = next(step for step in offered(snapshot(CHAT)).steps if step.file == "client.mjs")
    assert "reconnectionDelay: 8750," in client.code
    assert "randomizationFactor: 1," in client.code


def test_a_shell_reads_every_command() -> None:
    commands = shell.read(offered(snapshot(CHAT, name="a/b c", machine=Machine(cores=4))).steps)
    assert any("@socket.io/redis-adapter" in command for command in commands)


def test_sockets_that_fill_a_loop_are_spread_before_anybody_knows_what_one_takes() -> None:
    """250 at 0.87 of the loop make 229 at 0.8: three processes hold 83 each, and two hold them if one is lost."""
    full = snapshot(Load(elu=0.87, rps=0, websockets=250), machine=Machine(cores=2, cpu=0.75))
    found = STRATEGIES["websocket-scale-out"].answer(full, firing("event-loop-saturated"))
    assert isinstance(found, Option)
    assert found.title == "Spread 250 WebSockets over 3 processes"
    assert "One process carries 229" in found.why


def test_requests_beside_the_sockets_may_be_what_fills_the_loop() -> None:
    both = snapshot(Load(elu=0.87, rps=20, websockets=250), machine=Machine(cores=2, cpu=0.75))
    assert isinstance(STRATEGIES["websocket-scale-out"].answer(both, firing("event-loop-saturated")), Rejection)


def test_a_few_health_checks_beside_them_do_not() -> None:
    few = snapshot(Load(elu=0.87, rps=4, websockets=250), machine=Machine(cores=2, cpu=0.75))
    assert isinstance(STRATEGIES["websocket-scale-out"].answer(few, firing("event-loop-saturated")), Option)


def test_few_sockets_are_not_what_runs_out() -> None:
    found = answered(snapshot(replace(CHAT, websockets=40)))
    assert isinstance(found, Rejection)
    assert found.reason.startswith("40 open WebSockets are not")


def test_a_capacity_that_nobody_knows_sizes_nothing() -> None:
    found = STRATEGIES["websocket-scale-out"].answer(snapshot(CHAT), firing(RULE))
    assert isinstance(found, Rejection)


@pytest.mark.parametrize("rule", [name for name in ALL if name not in (RULE, "event-loop-saturated")])
def test_other_troubles_are_not_of_sockets(rule: str) -> None:
    found = STRATEGIES["websocket-scale-out"].answer(snapshot(CHAT), firing(rule, *capacity(4_000)))
    assert isinstance(found, Rejection)
    assert "3,500 open WebSockets are not what runs out" in found.reason


def pooled(each: float) -> Snapshot:
    seen = with_part(snapshot(CHAT), PartKind.POOL, "postgresql db:5432/shop", capacity=each, used=10, unused=0)
    return with_part(seen, PartKind.DATASTORE, "postgresql 127.0.0.1 5432 shop", capacity=100, reserved=3, used=12)


def test_the_connections_of_a_database_forbid_it() -> None:
    found = answered(pooled(45))
    assert isinstance(found, Rejection)
    assert "of the 97 that postgresql" in found.reason


@pytest.mark.parametrize(("each", "most"), [(10, 4), (20, 3), (30, 2)])
def test_its_autoscaler_grows_only_as_far_as_a_database_accepts_connections(each: float, most: int) -> None:
    """80% of 97 are 77, and 2 of them others': 7, 3 and 2 processes."""
    (scaler,) = manifests(next(step.code for step in offered(pooled(each)).steps if step.file == "hpa.yaml"))
    assert (scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]) == (2, most)


def _by_memory(sockets: float) -> tuple[Evidence, ...]:
    return (*capacity(50_000)[:3], Evidence("capacity_memory", "WebSockets by its memory", sockets, "{connection}"))


@pytest.mark.parametrize(("carried", "here"), [(14_700, False), (17_000, False), (18_000, True), (50_000, True)])
def test_copies_on_one_machine_share_its_memory(carried: float, here: bool) -> None:
    """12,000 sockets and a tenth more are 13,200, three quarters of 17,600."""
    seen = snapshot(replace(CHAT, websockets=12_000), machine=Machine(cores=8, cpu=0.3))
    found = STRATEGIES["websocket-scale-out"].answer(seen, firing(RULE, *_by_memory(carried)))
    assert isinstance(found, Option)
    assert ("on this machine" in found.title) is here
    assert ("on other machines" in found.cost) is not here


def test_a_capacity_of_none_sizes_nothing_by_what_comes_next() -> None:
    found = STRATEGIES["websocket-scale-out"].answer(snapshot(CHAT), firing(RULE, *_by_memory(0.0)))
    assert isinstance(found, Rejection)


def test_workers_only_where_the_quota_has_cores() -> None:
    quiet = snapshot(CHAT, machine=Machine(cores=8, cpu=0.2))
    assert "on this machine" in offered(with_figures(quiet, cgroup_cpu_limit=4.0)).title
    assert "on other machines" in offered(with_figures(quiet, cgroup_cpu_limit=1.0)).cost


@pytest.mark.parametrize(
    ("machine", "hosts", "servers"),
    [
        (Machine(cores=1, cpu=0.7), 1, ["web-1:3000", "new-1:3000"]),
        (Machine(cores=1, cpu=0.7), 2, ["web-1:3000", "web-2:3000", "new-1:3000"]),
        (Machine(cores=4, cpu=0.3), 1, ["web-1:3000", "web-1:3001"]),
    ],
)
def test_what_has_no_room_on_its_machines_is_led_to_new_ones(machine: Machine, hosts: int, servers: list[str]) -> None:
    found = offered(snapshot(CHAT, machine=machine, hosts=hosts))
    written = next(step.code for step in found.steps if step.file.endswith(".conf"))
    assert re.findall(r"server (\S+) max_fails", written) == servers
