"""Connections that a full accept queue lost, and errors of the network interfaces, per minute."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Connections and packets lost",
    series=(Series("accept_overflows", "full accept queue"), Series("network_errors", "interface errors")),
    unit="{error}/min",
    place=Place.HOST,
    says="per minute",
    hides_zero=True,
    order=71,
)
