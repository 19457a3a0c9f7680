from __future__ import annotations

from advisor_agent.collectors import process_cpu
from advisor_agent.scene import Observer


def test_modes_in_seconds(machine, figures):
    machine.node(100, "server.js", user=500)
    scene = Observer(machine.kernel).look()
    assert figures(process_cpu.collect_process(scene, scene.processes[0])) == {
        ("process.cpu.time", "user"): 5.0,
        ("process.cpu.time", "system"): 1.0,
    }
