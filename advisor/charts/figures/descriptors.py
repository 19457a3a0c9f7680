"""Open descriptors of the process that has most."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Open files and sockets",
    series=(Series("fd_open", "open descriptors"),),
    unit="{file_descriptor}",
    place=Place.MORE,
    says="open",
    order=16,
)
