"""Cores used by the service on its hosts, as proof of a full machine."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Processor cores used by this service",
    series=(Series("cpu_cores", "cores used"),),
    unit="{cpu}",
    place=Place.PROOF,
    says="of",
    top_key="cores_effective",
    proves=("host-cpu-saturated",),
    order=35,
)
