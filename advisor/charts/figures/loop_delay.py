"""The longest time that one task held the event loop, resolution of the timer taken off."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Longest block of the event loop",
    series=(Series("loop_delay", "longest delay"),),
    unit="s",
    place=Place.MORE,
    order=11,
)
