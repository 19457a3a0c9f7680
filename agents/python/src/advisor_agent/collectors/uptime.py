"""Time since boot."""

from __future__ import annotations

from advisor_agent.metric import GAUGE, Metric, Samples
from advisor_agent.view import View

UPTIME = Metric("system.uptime", "s", GAUGE, "Time since boot")
METRICS = (UPTIME,)


def collect_host(view: View) -> Samples:
    """Seconds, suspended time included."""
    yield UPTIME.at(view.boot_age)
