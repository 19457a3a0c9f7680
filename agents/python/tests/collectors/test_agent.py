from __future__ import annotations

from advisor_agent.collectors import agent
from advisor_agent.kernel import PAGE_BYTES, TICKS_PER_SECOND, Kernel
from advisor_agent.scene import Observer


def test_the_agents_time_and_memory(scene, figures):
    assert figures(agent.collect_host(scene)) == {
        ("advisor.agent.cpu.time",): 10 / TICKS_PER_SECOND + 2 / TICKS_PER_SECOND,
        ("advisor.agent.memory.usage",): 50_000_000 // PAGE_BYTES * PAGE_BYTES,
    }


def test_this_very_process_is_what_it_reports(figures):
    found = figures(agent.collect_host(Observer(Kernel()).look()))
    assert found["advisor.agent.memory.usage",] > 5_000_000
