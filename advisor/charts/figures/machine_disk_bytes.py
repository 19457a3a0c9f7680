"""Bytes that all disks of a host read and write, per second."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Disks",
    series=(Series("machine_disk_read", "read"), Series("machine_disk_written", "written")),
    unit="By",
    place=Place.HOST,
    says="read per second",
    order=67,
)
