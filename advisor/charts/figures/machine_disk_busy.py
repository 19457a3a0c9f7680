"""The share of time in which the busiest disk had something to do."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Busiest disk",
    series=(Series("disk_busy", "busiest"),),
    unit="1",
    place=Place.HOST,
    top=1.0,
    order=66,
)
