"""Requests answered per second."""

from __future__ import annotations

from advisor.charts.chart import Chart, Series

chart = Chart(
    __name__,
    title="Requests",
    series=(Series("requests", "requests per second"),),
    unit="{request}/s",
    says="per second",
    proves=("dropped-at-deploy", "uneven-load"),
    order=3,
)
