"""How long single tasks hold the loop. 100 ms is felt by everybody who waits."""

from __future__ import annotations

from advisor.charts.chart import Chart, Limit, Place, Series

chart = Chart(
    __name__,
    title="Longest block of the event loop",
    series=(Series("loop_delay", "longest delay"),),
    unit="s",
    place=Place.PROOF,
    says="longest",
    limit=Limit(100.0, "100 ms"),
    proves=("event-loop-blocked",),
    order=33,
    note="While one task holds the loop, every other request of that process waits.",
)
