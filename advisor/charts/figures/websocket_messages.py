"""WebSocket messages per second in both directions, all processes together."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="WebSocket messages",
    series=(Series("websocket_received", "received"), Series("websocket_sent", "sent")),
    unit="{message}/s",
    place=Place.MORE,
    says="received per second",
    order=19,
    hides_zero=True,
)
