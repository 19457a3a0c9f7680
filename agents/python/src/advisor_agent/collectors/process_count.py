"""How many processes there are, and how many of them are Node.js."""

from __future__ import annotations

from advisor_agent.metric import GAUGE, UPDOWNCOUNTER, Metric, Samples
from advisor_agent.view import View

ALL = Metric("system.process.count", "{process}", UPDOWNCOUNTER, "Processes")
NODE = Metric("advisor.system.node_process.count", "{process}", GAUGE, "Node.js processes found")
METRICS = (ALL, NODE)


def collect_host(view: View) -> Samples:
    """Both counts."""
    yield ALL.at(view.process_count)
    yield NODE.at(len(view.processes))
