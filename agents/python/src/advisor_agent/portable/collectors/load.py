"""Load averages, as macOS has them."""

from __future__ import annotations

from advisor_agent.collectors.load import METRICS
from advisor_agent.metric import Samples
from advisor_agent.portable.asking import ask
from advisor_agent.portable.scene import Scene

__all__ = ["METRICS", "collect_host"]


def collect_host(scene: Scene) -> Samples:
    """Windows has none: psutil makes one up of those that wait, without those that run, which is another figure."""
    if not scene.psutil.WINDOWS:
        for metric, load in zip(METRICS, ask(scene.psutil, scene.psutil.getloadavg)):
            yield metric.at(load)
