"""Response time beside the loop, where single tasks block it."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Response time meanwhile",
    series=(Series("p95", "p95"), Series("p50", "median")),
    unit="s",
    place=Place.PROOF,
    says="p95",
    proves=("event-loop-blocked",),
    order=34,
    note="A few long tasks lift the slowest requests while the median stays low.",
)
