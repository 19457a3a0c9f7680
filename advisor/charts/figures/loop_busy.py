"""Event loop busy of the busiest process. 85 % is the level at which `event-loop-saturated` sees no room left."""

from __future__ import annotations

from advisor.charts.chart import Chart, Limit, Series

chart = Chart(
    __name__,
    title="Event loop busy, busiest process",
    series=(Series("loop_busy", "busiest process"),),
    unit="1",
    top=1.0,
    limit=Limit(0.85, "Limit 85%"),
    order=2,
)
