"""Share of time spent in garbage collection, all processes together."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Garbage collection",
    series=(Series("gc_share", "share of time"),),
    unit="1",
    place=Place.MORE,
    says="of the time",
    order=12,
)
