"""The share of TCP segments that had to be sent again."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="TCP segments sent again",
    series=(Series("tcp_repeated", "of those sent"),),
    unit="1",
    place=Place.HOST,
    hides_zero=True,
    order=70,
)
