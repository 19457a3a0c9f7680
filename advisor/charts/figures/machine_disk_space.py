"""How full the fullest filesystem is, in bytes and in inodes."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Fullest disk",
    series=(Series("disk_full", "space"), Series("inodes_full", "inodes")),
    unit="1",
    place=Place.HOST,
    top=1.0,
    order=63,
)
