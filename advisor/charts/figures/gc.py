"""Share of time spent in garbage collection, all of it and by kind, of the process that spends most."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Garbage collection",
    series=(Series("gc_share", "all"), Series("gc_major", "major"), Series("gc_minor", "minor")),
    unit="1",
    place=Place.MORE,
    says="of the time",
    proves=("gc-pressure",),
    order=12,
)
