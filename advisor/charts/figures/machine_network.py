"""Bytes that a host receives and sends, per second."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Network",
    series=(Series("network_received", "received"), Series("network_sent", "sent")),
    unit="By",
    place=Place.HOST,
    says="received per second",
    order=68,
)
