from __future__ import annotations

from advisor_agent.collectors import process_ports
from advisor_agent.ports import PortUse
from advisor_agent.scene import Observer, Scene


def collected(machine, figures, ports):
    scene = Observer(machine.kernel).look()
    scene = Scene(scene.kernel, scene.processes, scene.process_count, ports)
    return figures(process_ports.collect_process(scene, scene.processes[0]))


def test_ports_and_connections(machine, figures):
    machine.node(100, "server.js")
    assert collected(machine, figures, {100: PortUse(listening=2, connections=7)}) == {
        ("advisor.process.connection.count",): 7,
        ("advisor.process.listening_port.count",): 2,
    }


def test_unseen_sockets_are_unknown_not_none(machine, figures):
    machine.node(100, "server.js")
    assert collected(machine, figures, {}) == {}
