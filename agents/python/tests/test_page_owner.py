from __future__ import annotations

import socket

import pytest

from advisor_agent import page_owner
from advisor_agent.exposition import PageError
from advisor_agent.page_owner import Audience
from advisor_agent.ports import PortUse
from advisor_agent.process import PRIMARY, WORKER
from advisor_agent.scene import Observer

PAGE = "process_start_time_seconds {}\n"


@pytest.fixture
def scene(machine):
    """A primary with two workers on port 3000, started five seconds apart, and another service on 4000."""
    machine.node(100, "/srv/shop.js")
    machine.node(101, "/srv/shop.js", descriptors=("socket:[7001]",))
    machine.node(102, "/srv/shop.js", descriptors=("socket:[7002]",))
    machine.node(200, "/srv/other.js")
    scene = Observer(machine.kernel).look()
    for number, process in enumerate(scene.processes):
        process.role = {100: PRIMARY, 200: "single"}.get(process.pid, WORKER)
        process.created = 1000.0 + 5 * number
        scene.ports[process.pid] = PortUse({4000 if process.pid == 200 else 3000}, 0, 0, 0)
    return scene


def test_a_port_of_one_is_its_page_whatever_the_page_says(scene):
    assert Audience(scene, 4000).owner(PAGE.format(1), None).pid == 200
    assert Audience(scene, 4000).size == 1


def test_who_took_the_connection_is_the_one(scene):
    audience = Audience(scene, 3000)
    assert audience.size == 2
    assert audience.owner(PAGE.format(1), 102).pid == 102


@pytest.mark.parametrize(("started", "pid"), [(1005, 101), (1006.9, 101), (1010, 102), ("1.01e+3", 102)])
def test_else_the_start_tells(scene, started, pid):
    assert Audience(scene, 3000).owner(PAGE.format(started), None).pid == pid


@pytest.mark.parametrize("page", [PAGE.format(5000), PAGE.format("NaN"), PAGE.format("1.2.3"), "a 1\n"])
def test_a_page_of_nobody_in_particular_is_left_out(scene, page):
    with pytest.raises(PageError, match="several workers share its port"):
        Audience(scene, 3000).owner(page, None)


def test_two_that_started_together_are_not_guessed_between(scene):
    for process in scene.processes:
        process.created = 1000.0
    with pytest.raises(PageError, match="several workers"):
        Audience(scene, 3000).owner(PAGE.format(1000), None)


def test_a_primarys_page_is_of_the_whole_cluster(scene):
    with pytest.raises(PageError, match="whole cluster"):
        Audience(scene, 3000).owner(PAGE.format(1000), 100)


def test_a_published_port_of_a_container_is_found_by_the_start(scene):
    assert Audience(scene, 9999).owner(PAGE.format(1015), None).pid == 200
    with pytest.raises(PageError, match="no Node"):
        Audience(scene, 9999).owner(PAGE.format(3), None)


def test_a_process_in_another_network_does_not_listen_here(scene):
    scene.own_network = "net:[1]"
    for process in scene.processes:
        process.network = "net:[2]"
    with pytest.raises(PageError, match="no Node"):
        Audience(scene, 4000).owner("", None)


def test_the_holder_of_a_connection_is_found_by_its_socket(scene, monkeypatch):
    monkeypatch.setattr(page_owner, "inode_between", lambda near, far: 7002)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as ours:
        assert Audience(scene, 3000).holder(ours) == 102
        assert Audience(scene, 4000).holder(ours) is None, "nobody has to be told apart"


def test_a_primary_that_passes_a_connection_on_still_holds_it_for_a_while(machine, scene, monkeypatch):
    machine.node(100, "/srv/shop.js", descriptors=("socket:[7002]",))
    monkeypatch.setattr(page_owner, "inode_between", lambda near, far: 7002)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as ours:
        assert Audience(scene, 3000).holder(ours) == 102


@pytest.mark.parametrize("told", [0, 9, OSError(1, "Operation not permitted")])
def test_a_holder_that_is_not_told_is_none(scene, monkeypatch, told):
    def answer(near, far):
        if isinstance(told, OSError):
            raise told
        return told

    monkeypatch.setattr(page_owner, "inode_between", answer)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as ours:
        assert Audience(scene, 3000).holder(ours) is None
    assert Audience(scene, 3000).holder(None) is None
