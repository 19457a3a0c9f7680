"""How long each collector of the agent takes, and how often it fails.

Not with every export: of the 1,900 bytes that tell of a host, 340 would be of this.
"""

from __future__ import annotations

from advisor_agent.metric import COUNTER, Metric, Samples
from advisor_agent.view import View

TIME = Metric("advisor.agent.collector.time", "s", COUNTER, "Time spent in a collector")
FAILURES = Metric("advisor.agent.collector.failures", "{failure}", COUNTER, "Times that a collector failed")
METRICS = (TIME, FAILURES)

EVERY = 30
"""Half of the last minute that the host's page shows, so that it never shows none."""


def collect_host(view: View) -> Samples:
    """Of the looks before this one, since this one is not over. To the tenth of a millisecond."""
    for name, cost in view.costs.items():
        collector = ("advisor.agent.collector", name)
        yield TIME.at(round(cost.seconds, 4), collector)
        yield FAILURES.at(cost.failures, collector)
