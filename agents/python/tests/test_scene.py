from __future__ import annotations

import shutil

import pytest

from advisor_agent.scene import Observer
from advisor_agent.sockets import LISTEN


def test_a_look_has_processes_roles_and_ports(machine):
    machine.node(100, "/srv/a.js", descriptors=("socket:[501]",))
    machine.node(101, "/srv/a.js", environ={"NODE_UNIQUE_ID": "1"}, parent=100)
    machine.tcp(LISTEN, 3000, 501)
    scene = Observer(machine.kernel).look()
    assert [process.role for process in scene.processes] == ["primary", "worker"]
    assert [scene.ports[pid].listening for pid in (100, 101)] == [1, 1]


def test_an_unreadable_socket_table_leaves_the_processes(machine):
    machine.node(100, "/srv/a.js")
    machine.write("proc/self/net/tcp", "head\nnonsense\n")
    scene = Observer(machine.kernel).look()
    assert [process.pid for process in scene.processes] == [100]
    assert scene.ports == {}
    assert scene.ports_error


def test_a_machine_without_proc_is_an_error(machine):
    observer = Observer(machine.kernel)
    shutil.rmtree(machine.root / "proc")
    with pytest.raises(FileNotFoundError):
        observer.look()


def test_a_newcomer_takes_part_in_a_cluster(machine):
    machine.write("srv/shop/package.json", '{"name": "shop"}')
    machine.node(100, "/srv/shop/a.js")
    observer = Observer(machine.kernel)
    assert observer.look().processes == observer.processes
    machine.node(101, "/srv/other.js", environ={"NODE_UNIQUE_ID": "1"}, parent=100)
    machine.children(100, 101)
    (worker,) = observer.newcomers([100])
    assert (worker.pid, worker.role, worker.name.text) == (101, "worker", "shop")
