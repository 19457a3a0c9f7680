"""Pages that a host moves to and from swap, and faults that waited for a disk, per second."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Swapping",
    series=(
        Series("faults_major", "faults that waited for a disk"),
        Series("swapped_in", "read from swap"),
        Series("swapped_out", "written to swap"),
    ),
    unit="{page}",
    place=Place.HOST,
    says="per second",
    hides_zero=True,
    order=72,
)
