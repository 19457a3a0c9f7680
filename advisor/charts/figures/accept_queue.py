"""Connections that are made but that no process has accepted yet, where they are most."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Connections waiting to be accepted",
    series=(Series("accept_queue", "waiting"),),
    unit="{connection}",
    place=Place.MORE,
    says="waiting",
    order=17,
    hides_zero=True,
)
