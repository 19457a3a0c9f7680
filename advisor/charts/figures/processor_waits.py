"""Share of time in which a main thread waited for a processor, and of the periods in which a quota held it back."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Held back from a processor",
    series=(Series("cpu_wait", "waited for one"), Series("throttled", "held back by a quota")),
    unit="1",
    place=Place.MORE,
    says="of the time",
    proves=("host-cpu-saturated",),
    order=22,
    hides_zero=True,
)
