"""Memory of a host that cannot be had any more; what the page cache holds can."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Memory taken",
    series=(Series("memory_taken", "taken"), Series("swap_used", "swap")),
    unit="By",
    place=Place.HOST,
    top_key="memory_limit",
    says="of",
    order=62,
)
