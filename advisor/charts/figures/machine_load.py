"""Threads that run or wait to, beside the processors there are."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Load average",
    series=(Series("load_1m", "1 minute"), Series("cores_effective", "processors")),
    unit="{thread}",
    place=Place.HOST,
    order=65,
)
