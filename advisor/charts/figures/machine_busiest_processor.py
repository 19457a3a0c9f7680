"""The busiest processor beside the mean of all: one at its end hides in the mean."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Processors, the busiest",
    series=(Series("cpu_busiest", "busiest"), Series("cpu_mean", "mean")),
    unit="1",
    place=Place.HOST,
    top=1.0,
    order=61,
)
