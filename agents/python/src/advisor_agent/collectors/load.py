"""Load averages: threads running, ready to run, or in uninterruptible sleep (/proc/loadavg)."""

from __future__ import annotations

from advisor_agent.metric import GAUGE, Metric, Samples
from advisor_agent.scene import Scene

METRICS = tuple(
    Metric(f"advisor.system.load_average.{span}", "{thread}", GAUGE, f"Load average, {span}")
    for span in ("1m", "5m", "15m")
)


def collect_host(scene: Scene) -> Samples:
    """The three averages."""
    for metric, text in zip(METRICS, scene.kernel.read_again("proc/loadavg").split()):
        yield metric.at(float(text))
