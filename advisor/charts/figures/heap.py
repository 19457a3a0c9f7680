"""Heap of the process that has filled most of it: in use, left after a major collection, and its limit."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Heap",
    series=(
        Series("heap_used", "heap used"),
        Series("heap_floor", "left after major collection"),
        Series("heap_limit", "limit"),
    ),
    unit="By",
    place=Place.MORE,
    says="used",
    proves=("memory-leak", "memory-pressure"),
    order=13,
)
