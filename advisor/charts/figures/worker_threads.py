"""Worker threads that run, all processes together."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Worker threads",
    series=(Series("worker_threads", "worker threads"),),
    unit="{thread}",
    place=Place.MORE,
    says="running",
    order=21,
    hides_zero=True,
)
