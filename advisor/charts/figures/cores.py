"""Processor cores used by all processes of the service, below all cores of its hosts."""

from __future__ import annotations

from advisor.charts.chart import Chart, Series

chart = Chart(
    __name__,
    title="Processor cores used",
    series=(Series("cores_used", "cores used"),),
    unit="{cpu}",
    says="of",
    top_key="cores",
    order=4,
)
