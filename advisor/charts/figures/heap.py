"""Heap in use of the process that has filled most of its heap, below the limit it may grow to."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Heap",
    series=(
        Series("heap_used", "heap used"),
        Series("heap_limit", "limit"),
    ),
    unit="By",
    place=Place.MORE,
    says="used",
    order=13,
)
