"""Upgraded sockets that are open, all processes together."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="WebSockets",
    series=(Series("websockets", "open sockets"),),
    unit="{connection}",
    place=Place.MORE,
    says="open",
    proves=("websocket-capacity",),
    order=18,
)
