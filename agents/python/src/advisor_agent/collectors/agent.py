"""What the agent itself costs, and how long each collector takes and how often it fails."""

from __future__ import annotations

from advisor_agent.metric import COUNTER, GAUGE, Metric, Samples
from advisor_agent.view import View

CPU = Metric("advisor.agent.cpu.time", "s", COUNTER, "CPU time of the agent")
MEMORY = Metric("advisor.agent.memory.usage", "By", GAUGE, "Resident memory of the agent")
TIME = Metric("advisor.agent.collector.time", "s", COUNTER, "Time spent in a collector")
FAILURES = Metric("advisor.agent.collector.failures", "{failure}", COUNTER, "Times that a collector failed")
METRICS = (CPU, MEMORY, TIME, FAILURES)


def collect_host(view: View) -> Samples:
    """Of the looks before this one, since this one is not over."""
    seconds, resident = view.own_use()
    yield CPU.at(seconds)
    yield MEMORY.at(resident)
    for name, cost in view.costs.items():
        collector = ("advisor.agent.collector", name)
        yield TIME.at(round(cost.seconds, 6), collector)
        yield FAILURES.at(cost.failures, collector)
