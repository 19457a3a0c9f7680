"""Processor cores that the agent itself uses."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="What the agent costs",
    series=(Series("agent_cpu", "of one core"),),
    unit="1",
    place=Place.HOST,
    says="of one core",
    order=75,
)
