"""Event loop busy of each process over time; shown when a service has more than one."""

from __future__ import annotations

from advisor.charts.chart import Chart, Kind, Place, Series

chart = Chart(
    __name__,
    title="Event loop by process",
    series=(Series("loop_grid", "loop busy"),),
    unit="1",
    kind=Kind.HEAT,
    place=Place.MORE,
    proves=("uneven-load", "overprovisioned"),
    order=5,
    size="heat",
)
