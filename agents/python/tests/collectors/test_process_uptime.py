from __future__ import annotations

from advisor_agent.collectors import process_uptime
from advisor_agent.kernel import TICKS_PER_SECOND
from advisor_agent.scene import Observer


def test_seconds_since_start(machine, figures):
    machine.node(100, "server.js", start=4000 * TICKS_PER_SECOND)
    scene = Observer(machine.kernel).look()
    assert figures(process_uptime.collect_process(scene, scene.processes[0])) == {("process.uptime",): 1000.5}
