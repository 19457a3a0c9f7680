"""Time since boot, from /proc/uptime."""

from __future__ import annotations

from advisor_agent.metric import GAUGE, Metric, Samples
from advisor_agent.scene import Scene

UPTIME = Metric("system.uptime", "s", GAUGE, "Time since boot")
METRICS = (UPTIME,)


def collect_host(scene: Scene) -> Samples:
    """Seconds, suspended time included."""
    yield UPTIME.at(scene.boot_age)
