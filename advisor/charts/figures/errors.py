"""Requests that failed per second: 5xx, or broken off; the latter apart as well."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Failed requests",
    series=(Series("errors", "failed per second"), Series("requests_aborted", "of these broken off")),
    unit="{request}/s",
    place=Place.MORE,
    says="per second",
    proves=("crash-loop", "dropped-at-deploy"),
    order=15,
)
