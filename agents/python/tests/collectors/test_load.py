from __future__ import annotations

from advisor_agent.collectors import load


def test_three_averages(scene, figures):
    assert figures(load.collect_host(scene)) == {
        ("advisor.system.load_average.1m",): 0.5,
        ("advisor.system.load_average.5m",): 0.75,
        ("advisor.system.load_average.15m",): 1.25,
    }
