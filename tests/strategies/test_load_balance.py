"""load-balance: machines where no core is idle, and a way around a blocked process."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.features import Snapshot
from tests.answers import expected, option, rejection
from tests.builders import Load, Machine, Senders, snapshot

SATURATED, BLOCKED, STARVED = "event-loop-saturated", "event-loop-blocked", "host-cpu-saturated"
FULL = Load(elu=0.885, cpu=0.85, rps=175, latency=0.0055)
HEAVY = Load(elu=0.08, rps=3, block=0.3)


@pytest.mark.parametrize(
    ("loads", "title"),
    [([FULL], "Add 2 machines behind a load balancer"), ([FULL] * 4, "Add 1 machine behind a load balancer")],
)
def test_it_is_sized_to_survive_the_loss_of_one(loads: list[Load], title: str) -> None:
    assert option("load-balance", SATURATED, snapshot(*loads, machine=Machine(cores=4, cpu=0.7))).title == title


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
    assert [e.metric for e in found.expected] == ["p95"]


def test_it_needs_to_know_the_processors() -> None:
    seen = snapshot(FULL, senders=Senders(host=False))
    assert "0 of its hosts" in rejection("load-balance", SATURATED, seen)


def test_the_configuration_lists_every_server_and_has_a_safe_name() -> None:
    found = option("load-balance", SATURATED, snapshot(FULL, name="a/b c", hosts=2, machine=Machine(cores=1, cpu=0.79)))
    nginx = next(step for step in found.steps if step.platform == "NGINX")
    assert nginx.file == "/etc/nginx/conf.d/a_b_c.conf"
    assert "upstream a_b_c {" in nginx.code
    assert nginx.code.count("server web-") == 2
    assert "least_conn;" in nginx.code


def test_upgraded_connections_pass_the_balancer_and_others_are_kept_open() -> None:
    tight = Machine(cores=1, cpu=0.79)
    plain = _configuration(snapshot(FULL, machine=tight))
    upgraded = _configuration(snapshot(FULL, replace(FULL, websockets=40), machine=tight))
    assert 'proxy_set_header Connection "";' in plain
    assert "Upgrade" not in plain
    assert "proxy_set_header Upgrade $http_upgrade;" in upgraded
    assert 'proxy_set_header Connection "upgrade";' in upgraded
    assert 'Connection "";' not in upgraded


def test_names_of_machines_are_to_be_replaced_by_addresses() -> None:
    found = option("load-balance", SATURATED, snapshot(FULL, machine=Machine(cores=1, cpu=0.79)))
    assert "put the machine's address in place of its name" in found.steps[0].text


def _configuration(seen: Snapshot) -> str:
    found = option("load-balance", SATURATED, seen)
    return next(step.code for step in found.steps if "upstream" in step.code)
