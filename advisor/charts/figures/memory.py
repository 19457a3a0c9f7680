"""Resident memory of all processes of the service, and what of it lies outside their heaps."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Memory",
    series=(Series("memory_rss", "resident memory"), Series("external_memory", "buffers, outside the heap")),
    unit="By",
    place=Place.MORE,
    says="resident",
    proves=("memory-leak", "memory-pressure"),
    order=14,
)
