"""Event loop busy of the busiest process."""

from __future__ import annotations

from advisor.charts.chart import Chart, Limit, Series
from advisor.engine.registry import RULES

LEVEL = RULES["event-loop-saturated"].busy
"""The share of time from which the rule sees no room left."""

chart = Chart(
    __name__,
    title="Event loop busy, busiest process",
    series=(Series("loop_busy", "busiest process"),),
    unit="1",
    top=1.0,
    limit=Limit(LEVEL, f"Limit {LEVEL:.0%}"),
    order=2,
)
