from __future__ import annotations

import pytest

from advisor_agent.cluster import assign_roles
from advisor_agent.pm2 import Pm2Ports
from advisor_agent.processes import Processes


@pytest.fixture
def scan(machine):
    """The processes of a PM2 daemon (pid 100) with workers of these names (pids from 101)."""

    def _scan(*names):
        machine.node(100, "/pm2/lib/Daemon.js")
        for pid, name in enumerate(names, start=101):
            environ = {"NODE_UNIQUE_ID": "1", "pm_id": str(pid), "name": name}
            machine.node(pid, f"/srv/{name}.js", environ=environ, parent=100)
        found = Processes(machine.kernel).scan()
        assign_roles(found)
        return found

    return _scan


def test_ports_are_learned_per_name_and_kept(scan):
    daemon, *workers = scan("api", "web")
    ports = Pm2Ports()
    ports.scan([daemon, *workers], {101: {3000: 2, 4000: 0}, 102: {}})
    assert ports.of_worker(daemon, "api", {3000, 4000}) == {3000}
    assert ports.of_worker(daemon, "web", {3000, 4000}) == set()
    ports.scan([daemon, *workers], {})
    assert ports.of_worker(daemon, "api", {3000, 4000}) == {3000}


def test_a_port_that_is_closed_is_no_longer_served(scan):
    daemon, *workers = scan("api", "web")
    ports = Pm2Ports()
    ports.scan([daemon, *workers], {101: {3000: 1}})
    assert ports.of_worker(daemon, "api", {4000}) == set()


def test_only_the_daemon_is_one(scan):
    daemon, worker = scan("api")
    ports = Pm2Ports()
    ports.scan([daemon, worker], {})
    assert ports.is_daemon(daemon)
    assert not ports.is_daemon(worker)
