"""Bytes that all processes made disks read and write, per second."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Disk",
    series=(Series("disk_read", "read"), Series("disk_written", "written")),
    unit="By",
    place=Place.MORE,
    says="read per second",
    order=23,
    hides_zero=True,
)
