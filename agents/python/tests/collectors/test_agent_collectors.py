from __future__ import annotations

from advisor_agent.collectors import agent_collectors
from advisor_agent.view import Cost


def test_time_and_failures_of_each_collector(scene, figures):
    slow = Cost()
    slow.seconds, slow.failures = 0.25004, 3
    scene.costs = {"disk": slow, "load": Cost()}
    assert figures(agent_collectors.collect_host(scene)) == {
        ("advisor.agent.collector.time", "disk"): 0.25,
        ("advisor.agent.collector.failures", "disk"): 3,
        ("advisor.agent.collector.time", "load"): 0.0,
        ("advisor.agent.collector.failures", "load"): 0,
    }


def test_before_anything_was_collected_there_is_nothing(scene, figures):
    assert figures(agent_collectors.collect_host(scene)) == {}
