"""The share of time in which something waited for a processor, for memory or for a disk (Linux PSI)."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Time lost to waiting",
    series=(
        Series("pressure_cpu", "for a processor"),
        Series("pressure_memory", "for memory"),
        Series("pressure_io", "for a disk"),
    ),
    unit="1",
    place=Place.HOST,
    order=64,
)
