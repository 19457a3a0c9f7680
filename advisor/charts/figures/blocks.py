"""How long single tasks hold the loop."""

from __future__ import annotations

from advisor.charts.chart import Chart, Limit, Place, Series
from advisor.engine.registry import RULES

LEVEL = RULES["event-loop-blocked"].block * 1000
"""Milliseconds from which the rule speaks of a block."""

chart = Chart(
    __name__,
    title="Longest block of the event loop",
    series=(Series("loop_delay", "longest delay"),),
    unit="s",
    place=Place.PROOF,
    says="longest",
    limit=Limit(LEVEL, f"{LEVEL:.0f} ms"),
    proves=("event-loop-blocked",),
    order=33,
    note="While one task holds the loop, every other request of that process waits.",
)
