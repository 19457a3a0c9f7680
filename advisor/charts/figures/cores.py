"""Processor cores used by all processes of the service, below all cores of its hosts."""

from __future__ import annotations

from advisor.charts.chart import Chart, Series

chart = Chart(
    __name__,
    title="Processor cores used",
    series=(Series("cpu_cores", "cores used"),),
    unit="{cpu}",
    says="of",
    top_key="cores_effective",
    order=4,
)
