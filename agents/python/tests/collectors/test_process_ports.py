from __future__ import annotations

import pytest

from advisor_agent.collectors import process_ports
from advisor_agent.ports import PortUse
from advisor_agent.scene import Observer


@pytest.fixture
def scene(machine):
    machine.node(100, "server.js")
    return Observer(machine.kernel).look()


def test_ports_connections_and_those_that_wait(scene, figures):
    scene.ports = {100: PortUse(ports={3000, 3001}, connections=7, waiting=3, backlog=511)}
    assert figures(process_ports.collect_process(scene, scene.processes[0])) == {
        ("advisor.process.connection.count",): 7,
        ("advisor.process.listening_port.count",): 2,
        ("advisor.process.accept_queue.length",): 3,
        ("advisor.process.accept_queue.limit",): 511,
    }


def test_a_limit_that_is_not_told_is_left_out_and_no_queue_where_nothing_listens(scene, figures):
    for listening, told in ((1, {("advisor.process.accept_queue.length",)}), (0, set())):
        scene.ports = {100: PortUse(range(listening), connections=0, waiting=0, backlog=0)}
        found = figures(process_ports.collect_process(scene, scene.processes[0]))
        assert {key for key in found if "accept_queue" in key[0]} == told


def test_hidden_sockets_are_unknown_not_none(scene):
    scene.ports, scene.hidden = {}, frozenset({100})
    with pytest.raises(PermissionError, match="/proc/100/fd"):
        list(process_ports.collect_process(scene, scene.processes[0]))


def test_no_table_of_sockets_is_told(scene):
    scene.ports, scene.ports_error = {}, "it is gone"
    with pytest.raises(RuntimeError, match="it is gone"):
        list(process_ports.collect_process(scene, scene.processes[0]))


def test_a_process_that_came_after_the_look_has_none_yet(scene):
    scene.ports = {}
    assert list(process_ports.collect_process(scene, scene.processes[0])) == []
