from __future__ import annotations

from advisor_agent.collectors import process_memory
from advisor_agent.kernel import PAGE_BYTES
from advisor_agent.scene import Observer


def test_bytes_and_threads(machine, figures):
    machine.node(100, "server.js")
    scene = Observer(machine.kernel).look()
    assert figures(process_memory.collect_process(scene, scene.processes[0])) == {
        ("process.memory.usage",): 50_000_000 // PAGE_BYTES * PAGE_BYTES,
        ("process.thread.count",): 11,
    }
