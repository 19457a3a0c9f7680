"""Response time: the 95th percentile of all requests, with the median for comparison."""

from __future__ import annotations

from advisor.charts.chart import Chart, Series

chart = Chart(
    __name__,
    title="Response time",
    series=(Series("p95", "p95"), Series("p50", "median")),
    unit="s",
    says="p95",
    proves=("downstream-bound", "datastore-write-bound", "datastore-read-bound", "thread-pool-saturated"),
    order=1,
)
