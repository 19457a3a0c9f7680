"""How full the fullest filesystem of a service's machines is, in bytes and in inodes, as proof that one fills."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Fullest disk of its machines",
    series=(Series("disk_full", "space"), Series("inodes_full", "inodes")),
    unit="1",
    place=Place.PROOF,
    top=1.0,
    proves=("disk-filling",),
    order=36,
)
