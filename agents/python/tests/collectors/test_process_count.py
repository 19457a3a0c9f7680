from __future__ import annotations

from advisor_agent.collectors import process_count
from advisor_agent.scene import Observer


def test_all_and_node(machine, figures):
    machine.node(100, "server.js")
    machine.other(200)
    assert figures(process_count.collect_host(Observer(machine.kernel).look())) == {
        ("system.process.count",): 2,
        ("advisor.system.node_process.count",): 1,
    }
