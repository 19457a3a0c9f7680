from __future__ import annotations

from advisor_agent.collectors import agent
from advisor_agent.kernel import PAGE_BYTES, TICKS_PER_SECOND, Kernel
from advisor_agent.scene import Observer
from advisor_agent.view import Cost


def test_the_agent_and_its_collectors(scene, figures):
    slow = Cost()
    slow.seconds, slow.failures = 0.25, 3
    scene.costs = {"disk": slow, "load": Cost()}
    assert figures(agent.collect_host(scene)) == {
        ("advisor.agent.cpu.time",): 10 / TICKS_PER_SECOND + 2 / TICKS_PER_SECOND,
        ("advisor.agent.memory.usage",): 50_000_000 // PAGE_BYTES * PAGE_BYTES,
        ("advisor.agent.collector.time", "disk"): 0.25,
        ("advisor.agent.collector.failures", "disk"): 3,
        ("advisor.agent.collector.time", "load"): 0.0,
        ("advisor.agent.collector.failures", "load"): 0,
    }


def test_this_very_process_is_what_it_reports(figures):
    found = figures(agent.collect_host(Observer(Kernel()).look()))
    assert found["advisor.agent.memory.usage",] > 5_000_000
