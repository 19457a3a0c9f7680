"""Errors that no code of the service caught, per minute: exceptions, and rejections of promises."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Errors that nobody caught",
    series=(Series("unhandled_errors", "per minute"),),
    unit="{error}/min",
    place=Place.MORE,
    says="per minute",
    order=15,
    hides_zero=True,
)
