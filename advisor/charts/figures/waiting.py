"""Response time against how busy the loop is: waiting starts when the loop fills."""

from __future__ import annotations

from advisor.charts.chart import Chart, Kind, Limit, Place, Series

chart = Chart(
    __name__,
    title="Waiting starts when the loop fills",
    series=(Series("loop_busy", "event loop busy"), Series("p95", "p95")),
    unit="s",
    kind=Kind.DOTS,
    says="p95",
    place=Place.PROOF,
    limit=Limit(85.0, "Past 85% every extra<br>request waits"),
    proves=("event-loop-saturated",),
    order=32,
    note="Each dot is one moment of the time range.",
)
