from __future__ import annotations

import pytest

from advisor_agent.collectors import process_ports
from advisor_agent.ports import PortUse
from advisor_agent.scene import Observer


@pytest.fixture
def scene(machine):
    machine.node(100, "server.js")
    return Observer(machine.kernel).look()


def test_ports_and_connections(scene, figures):
    scene.ports = {100: PortUse(listening=2, connections=7)}
    assert figures(process_ports.collect_process(scene, scene.processes[0])) == {
        ("advisor.process.connection.count",): 7,
        ("advisor.process.listening_port.count",): 2,
    }


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
