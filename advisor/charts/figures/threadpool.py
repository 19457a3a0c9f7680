"""How long a file, DNS or crypto operation waited for one of the threads that Node.js keeps for them."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Wait for the thread pool",
    series=(Series("threadpool_wait", "longest wait"),),
    unit="s",
    place=Place.MORE,
    proves=("thread-pool-saturated",),
    order=20,
)
