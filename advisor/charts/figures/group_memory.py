"""Memory of the control group (systemd unit, container) that has used most, and what it may use."""

from __future__ import annotations

from advisor.charts.chart import Chart, Place, Series

chart = Chart(
    __name__,
    title="Memory of the control group",
    series=(Series("cgroup_memory_usage", "in use"), Series("cgroup_memory_limit", "limit")),
    unit="By",
    place=Place.MORE,
    says="in use",
    proves=("memory-pressure",),
    order=14,
)
