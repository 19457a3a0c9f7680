"""Established inbound connections of all processes."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Connections",
    series=(Series("connections", "connections"),),
    unit="{connection}",
    place=Place.MORE,
    says="open",
    order=17,
)
