"""Open descriptors of the process that has most, and what they are."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Open files and sockets",
    series=(Series("fd_open", "all"), Series("fd_sockets", "sockets"), Series("fd_files", "files")),
    unit="{file_descriptor}",
    place=Place.MORE,
    says="open",
    proves=("descriptor-exhaustion", "descriptor-leak"),
    order=16,
)
