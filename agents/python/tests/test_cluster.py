from __future__ import annotations

from advisor_agent.cluster import assign_roles
from advisor_agent.processes import Processes

WORKER = {"NODE_UNIQUE_ID": "1"}


def roles(machine):
    processes = Processes(machine.kernel).scan()
    assign_roles(processes)
    return {p.pid: (p.role, p.name.text, p.name.source) for p in processes}


def test_workers_are_named_as_their_primary(machine):
    machine.node(100, "/srv/main.js")
    machine.node(101, "/srv/worker.js", environ=WORKER, parent=100)
    machine.node(102, "/srv/alone.js", parent=100)
    assert roles(machine) == {
        100: ("primary", "main", "script"),
        101: ("worker", "main", "script"),
        102: ("single", "alone", "script"),
    }


def test_a_worker_that_is_configured_keeps_its_name(machine):
    machine.node(100, "/srv/main.js")
    machine.node(101, "/srv/main.js", environ={**WORKER, "OTEL_SERVICE_NAME": "own"}, parent=100)
    assert roles(machine)[101] == ("worker", "own", "configured")


def test_pm2_workers_keep_their_own_names(machine):
    machine.node(100, "/usr/lib/node_modules/pm2/lib/Daemon.js", directory="/")
    machine.node(101, "/srv/api.js", environ={**WORKER, "pm_id": "0", "name": "api"}, parent=100)
    found = roles(machine)
    assert found[100] == ("primary", "Daemon", "script")
    assert found[101] == ("worker", "api", "pm2")


def test_a_cluster_inside_a_pm2_service(machine):
    pm2 = {"pm_id": "0", "name": "api"}
    machine.node(100, "/srv/main.js", environ=pm2)
    machine.node(101, "/srv/main.js", environ={**pm2, **WORKER}, parent=100)
    assert roles(machine) == {100: ("primary", "api", "pm2"), 101: ("worker", "api", "pm2")}


def test_a_worker_whose_primary_is_not_seen_stands_for_itself(machine):
    machine.node(101, "/srv/worker.js", environ=WORKER, parent=1)
    assert roles(machine)[101] == ("worker", "worker", "script")
