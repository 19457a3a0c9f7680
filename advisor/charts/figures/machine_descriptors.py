"""Open descriptors of the kernel; beyond the limit nothing can be opened any more."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Open files and sockets of all processes",
    series=(Series("machine_fd_open", "open"),),
    unit="{file_descriptor}",
    place=Place.HOST,
    says="open",
    order=74,
)
