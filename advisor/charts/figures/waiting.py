"""Response time against how busy the loop is: waiting starts when the loop fills."""

from __future__ import annotations

from advisor.charts.chart import Chart, Kind, Limit, Place, Series
from advisor.engine.registry import RULES

LEVEL = RULES["event-loop-saturated"].busy
"""The share of time from which the rule sees no room left."""

chart = Chart(
    __name__,
    title="Waiting starts when the loop fills",
    series=(Series("loop_busy", "event loop busy"), Series("p95", "p95")),
    unit="s",
    kind=Kind.DOTS,
    says="p95",
    place=Place.PROOF,
    limit=Limit(LEVEL * 100, f"Past {LEVEL:.0%} every extra<br>request waits"),
    proves=("event-loop-saturated",),
    order=32,
    note="Each dot is one moment of the time range.",
)
