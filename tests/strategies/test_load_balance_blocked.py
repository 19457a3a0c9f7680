"""load-balance: a way around a blocked process, where a balancer can tell the processes apart."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from advisor.diagnosis import Option
from tests.answers import option, rejection
from tests.builders import Load, Machine, snapshot
from tests.strategies.tools.nginx import complaints

HEAVY = Load(elu=0.08, rps=3, block=0.3)
WORKER = replace(HEAVY, role="worker")
ROOMY = Machine(cores=8)

offered = partial(option, "load-balance", "event-loop-blocked")
refused = partial(rejection, "load-balance", "event-loop-blocked")


def _servers(found: Option) -> list[str]:
    written = next(step.code for step in found.steps if "upstream" in step.code)
    return re.findall(r"server (\S+) max_fails", written)


@pytest.mark.parametrize("hosts", [1, 2])
def test_each_process_is_a_server_of_its_own(hosts: int, tmp_path: Path) -> None:
    found = offered(snapshot(*[HEAVY] * 3, machine=ROOMY, hosts=hosts))
    assert _servers(found) == [f"web-{host}:{port}" for host in range(1, hosts + 1) for port in (3000, 3001, 3002)]
    assert complaints(next(step.code for step in found.steps if "upstream" in step.code), tmp_path) == ""


@pytest.mark.parametrize(
    ("hosts", "told"), [(1, "4 processes, workers behind 1 shared port"), (2, "8 processes, workers behind 2")]
)
def test_a_balancer_sees_no_worker_of_a_cluster(hosts: int, told: str) -> None:
    assert f"With {told}" in refused(snapshot(*[WORKER] * 4, machine=ROOMY, hosts=hosts))


def test_clusters_of_three_machines_are_three_servers() -> None:
    found = offered(snapshot(*[WORKER] * 2, machine=ROOMY, hosts=3))
    assert _servers(found) == ["web-1:3000", "web-2:3000", "web-3:3000"]
