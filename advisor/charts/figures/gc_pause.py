"""The longest pause for garbage collection: no JavaScript of that process runs meanwhile."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Longest pause for garbage collection",
    series=(Series("gc_pause_max", "longest"), Series("gc_minor_max", "longest minor one")),
    unit="s",
    place=Place.MORE,
    proves=("gc-pressure",),
    order=12,
)
