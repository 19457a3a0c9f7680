from __future__ import annotations

from advisor_agent.collectors import process_paging
from advisor_agent.scene import Observer


def test_faults_by_type(machine, figures):
    machine.node(100, "server.js", user=500)
    scene = Observer(machine.kernel).look()
    assert figures(process_paging.collect_process(scene, scene.processes[0])) == {
        ("process.paging.faults", "minor"): 5000,
        ("process.paging.faults", "major"): 3,
    }
