"""Event loop and host side by side: the loop may be full while the machine is not."""

from __future__ import annotations

from advisor.charts.chart import Chart, Limit, Place, Series
from advisor.engine.registry import RULES

LEVEL = RULES["event-loop-saturated"].busy
"""The share of time from which the rule sees no room left."""

chart = Chart(
    __name__,
    title="The event loop beside the machine",
    series=(Series("loop_busy", "event loop busy"), Series("host_busy", "host CPU")),
    unit="1",
    place=Place.PROOF,
    says="event loop",
    top=1.0,
    limit=Limit(LEVEL, f"Limit {LEVEL:.0%}"),
    proves=("event-loop-saturated", "host-cpu-saturated"),
    order=31,
    note="One Node.js process runs JavaScript on one core, however many the machine has.",
)
