from __future__ import annotations

import pytest

from advisor_agent.cluster import assign_roles
from advisor_agent.ports import Ports
from advisor_agent.processes import Processes
from advisor_agent.sockets import CLOSE_WAIT, ESTABLISHED, LISTEN

WORKER = {"NODE_UNIQUE_ID": "1"}


@pytest.fixture
def use(machine):
    """Port use as `{pid: (listening, connections)}`, scan after scan."""
    processes, ports = Processes(machine.kernel), Ports(machine.kernel)

    def _use():
        found = processes.scan()
        assign_roles(found)
        return {pid: (item.listening, item.connections) for pid, item in ports.scan(found).items()}

    return _use


def test_a_server_and_a_client(machine, use):
    machine.node(100, "/srv/a.js", descriptors=("socket:[501]", "socket:[601]"))
    machine.node(200, "/srv/b.js", descriptors=("socket:[700]",))
    machine.tcp(LISTEN, 3000, 501)
    machine.tcp(ESTABLISHED, 3000, 601)
    machine.tcp(ESTABLISHED, 45_000, 700)
    assert use() == {100: (1, 1), 200: (0, 0)}


def test_a_connection_that_its_client_left_is_no_longer_served(machine, use):
    machine.node(100, "/srv/a.js", descriptors=("socket:[501]", "socket:[601]", "socket:[602]"))
    machine.tcp(LISTEN, 3000, 501)
    machine.tcp(ESTABLISHED, 3000, 601)
    machine.tcp(CLOSE_WAIT, 3000, 602)
    assert use() == {100: (1, 1)}


def test_the_fullest_queue_of_a_process_is_told_and_workers_share_their_primarys(machine):
    machine.node(100, "/srv/a.js", descriptors=("socket:[501]", "socket:[502]"))
    machine.node(101, "/srv/a.js", environ=WORKER, parent=100, descriptors=())
    machine.tcp(LISTEN, 3000, 501, waiting=4)
    machine.tcp(LISTEN, 9090, 502, waiting=1)
    processes, ports = Processes(machine.kernel).scan(), Ports(machine.kernel)
    assign_roles(processes)
    assert {pid: item.waiting for pid, item in ports.scan(processes).items()} == {100: 4, 101: 4}


def test_states_of_the_own_network_are_counted_without_any_process(machine):
    for state in (LISTEN, ESTABLISHED, ESTABLISHED, CLOSE_WAIT):
        machine.tcp(state, 5432, 0)
    ports = Ports(machine.kernel)
    ports.scan([])
    assert ports.states == {LISTEN: 1, ESTABLISHED: 2, CLOSE_WAIT: 1}


def test_two_addresses_of_one_port_count_once(machine, use):
    machine.node(100, "/srv/a.js", descriptors=("socket:[501]", "socket:[502]", "socket:[503]"))
    for port, inode in ((3000, 501), (3000, 502), (9090, 503)):
        machine.tcp(LISTEN, port, inode)
    assert use() == {100: (2, 0)}


def test_workers_answer_on_their_primarys_port_and_count_their_own_connections(machine, use):
    machine.node(100, "/srv/a.js", descriptors=("socket:[501]",))
    machine.node(101, "/srv/a.js", environ=WORKER, parent=100, descriptors=("socket:[601]", "socket:[602]"))
    machine.node(102, "/srv/a.js", environ=WORKER, parent=100, descriptors=("socket:[603]",))
    machine.tcp(LISTEN, 3000, 501)
    for inode in (601, 602, 603):
        machine.tcp(ESTABLISHED, 3000, inode)
    assert use() == {100: (1, 0), 101: (1, 2), 102: (1, 1)}


def test_two_processes_that_share_a_port_by_reuseport(machine, use):
    machine.node(100, "/srv/a.js", descriptors=("socket:[501]", "socket:[601]"))
    machine.node(200, "/srv/a.js", descriptors=("socket:[502]", "socket:[602]", "socket:[603]"))
    machine.tcp(LISTEN, 3000, 501)
    machine.tcp(LISTEN, 3000, 502)
    for inode in (601, 602, 603):
        machine.tcp(ESTABLISHED, 3000, inode)
    assert use() == {100: (1, 1), 200: (1, 2)}


def test_pm2_workers_answer_on_the_ports_where_their_name_was_seen(machine, use):
    def worker(pid, name, *descriptors):
        environ = {**WORKER, "pm_id": str(pid), "name": name}
        machine.node(pid, f"/srv/{name}.js", environ=environ, parent=100, descriptors=descriptors)

    machine.node(100, "/pm2/lib/Daemon.js", descriptors=("socket:[501]", "socket:[502]"))
    worker(101, "api", "socket:[601]")
    worker(102, "api")
    worker(103, "web")
    machine.tcp(LISTEN, 3000, 501)
    machine.tcp(LISTEN, 4000, 502)
    machine.tcp(ESTABLISHED, 3000, 601)
    assert use() == {100: (0, 0), 101: (1, 1), 102: (1, 0), 103: (0, 0)}
    worker(101, "api")  # its connection is closed
    assert use() == {100: (0, 0), 101: (1, 0), 102: (1, 0), 103: (0, 0)}


def test_pm2_with_one_service_needs_no_connection(machine, use):
    machine.node(100, "/pm2/lib/Daemon.js", descriptors=("socket:[501]",))
    environ = {**WORKER, "pm_id": "0", "name": "api"}
    machine.node(101, "/srv/api.js", environ=environ, parent=100)
    machine.tcp(LISTEN, 3000, 501)
    assert use() == {100: (0, 0), 101: (1, 0)}


def test_hidden_descriptors_leave_a_process_and_its_workers_out(machine, use, monkeypatch):
    machine.node(100, "/srv/a.js")
    machine.node(101, "/srv/a.js", environ=WORKER, parent=100)
    machine.node(200, "/srv/b.js")
    read = machine.kernel.socket_inodes

    def refuse(pid):
        if pid == 100:
            raise PermissionError(13, "Permission denied")
        return read(pid)

    monkeypatch.setattr(machine.kernel, "socket_inodes", refuse)
    assert use() == {200: (0, 0)}


def test_descriptors_are_read_anew_when_a_listening_socket_comes(machine, use):
    machine.node(100, "/srv/a.js", descriptors=("socket:[501]",))
    assert use() == {100: (0, 0)}
    machine.tcp(LISTEN, 3000, 501)
    assert use() == {100: (1, 0)}


def test_a_container_is_read_by_its_own_table(machine, use):
    machine.link("proc/self/ns/net", "net:[1]")
    machine.node(100, "/srv/a.js", descriptors=("socket:[501]",))
    machine.link("proc/100/ns/net", "net:[2]")
    machine.write("proc/100/net/tcp", "head\n0: 0100007F:0BB8 0:0 0A 0:0 0:0 0 0 0 501 1 0 100 0\n")
    machine.tcp(LISTEN, 5000, 501)
    assert use() == {100: (1, 0)}
