from __future__ import annotations

from advisor_agent.collectors import uptime


def test_seconds_since_boot(scene, figures):
    assert figures(uptime.collect_host(scene)) == {("system.uptime",): 5000.5}
