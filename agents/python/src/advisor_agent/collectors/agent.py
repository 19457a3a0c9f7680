"""What the agent itself costs. That of each collector is in `agent_collectors`."""

from __future__ import annotations

from advisor_agent.metric import COUNTER, GAUGE, Metric, Samples
from advisor_agent.view import View

CPU = Metric("advisor.agent.cpu.time", "s", COUNTER, "CPU time of the agent")
MEMORY = Metric("advisor.agent.memory.usage", "By", GAUGE, "Resident memory of the agent")
METRICS = (CPU, MEMORY)


def collect_host(view: View) -> Samples:
    """Its CPU time so far, and its memory now."""
    seconds, resident = view.own_use()
    yield CPU.at(seconds)
    yield MEMORY.at(resident)
