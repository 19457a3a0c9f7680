"""TCP connections of a host by their state."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="TCP connections",
    series=(
        Series("tcp_established", "open"),
        Series("tcp_time_wait", "closed, port not free yet"),
        Series("tcp_close_wait", "closed by the other end only"),
    ),
    unit="{connection}",
    place=Place.HOST,
    says="open",
    order=69,
)
