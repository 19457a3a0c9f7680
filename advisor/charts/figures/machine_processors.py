"""Processor cores in use on a host, and those that wait for disks or were taken away."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Processor cores in use",
    series=(
        Series("cores_used", "in use"),
        Series("cores_waiting", "waiting for disks"),
        Series("cores_stolen", "taken by the hypervisor"),
    ),
    unit="{cpu}",
    place=Place.HOST,
    top_key="cores_effective",
    says="of",
    order=60,
)
