"""The share of quota periods in which the control group of the agent was held back."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Held back by the quota",
    series=(Series("machine_throttled", "of its periods"),),
    unit="1",
    place=Place.HOST,
    hides_zero=True,
    order=73,
)
