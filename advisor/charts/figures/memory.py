"""Resident memory of all processes of the service."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Memory",
    series=(Series("memory_rss", "resident memory"),),
    unit="By",
    place=Place.MORE,
    says="resident",
    order=14,
)
