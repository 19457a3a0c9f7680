from __future__ import annotations

import numpy as np

from advisor.features.histogram import Histogram
from advisor.features.window import HostWindow, InstanceWindow, PartWindow, ServiceWindow, Track
from advisor.pages.processes import process_rows, route_rows
from advisor.vocabulary import PartKind


def track(seconds: float = 10, **columns: list[float]) -> Track:
    length = len(next(iter(columns.values())))
    times = np.arange(length, dtype=np.float64) * seconds
    spans = np.full(length, seconds, dtype=np.float64)
    return Track(times, spans, {name: np.array(values) for name, values in columns.items()})


def latency(seconds: float) -> Histogram:
    return Histogram.from_explicit([seconds / 2, seconds * 2], [0, 100, 0], seconds * 100, seconds, seconds)


def window(*instances: InstanceWindow) -> ServiceWindow:
    return ServiceWindow(1, "checkout", 0, 60, instances, (HostWindow(5, "web-01", track(cpu_user=[1.0])),))


def test_increases_become_rates_and_levels_stay() -> None:
    values = track(cpu_user=[4.0, 6.0], cpu_system=[1.0, 1.0], requests=[100, np.nan], memory_rss=[1e8, 2e8])
    (row,) = process_rows(window(InstanceWindow(1, 5, 42, "single", None, values)))
    assert (row.host, row.pid) == ("web-01", 42)
    assert row.cores == 0.6
    assert row.request_rate == 10
    assert row.memory == 2e8
    assert (row.loop_busy, row.p95, row.descriptors) == (None, None, None)


def test_the_loop_is_taken_from_its_times_else_from_the_gauge() -> None:
    timed = track(loop_active=[9.0, 8.0], loop_idle=[1.0, 2.0], loop_utilization=[0.1, 0.1])
    gauged = track(loop_utilization=[0.2, np.nan])
    rows = process_rows(
        window(InstanceWindow(1, 5, 1, "single", None, gauged), InstanceWindow(2, None, 2, "single", None, timed))
    )
    assert [(row.pid, row.loop_busy) for row in rows] == [(2, 0.85), (1, 0.2)]
    assert rows[0].host == "not known"


def test_percentiles_are_of_all_requests_together() -> None:
    values = track(requests=[100, 100])
    measured = Track(values.times, values.spans, values.values, {0: latency(0.02), 1: latency(0.08)})
    (row,) = process_rows(window(InstanceWindow(1, 5, 1, "single", None, measured)))
    assert row.p95 is not None
    assert 0.07 < row.p95 < 0.09


def test_routes_are_summed_over_processes_and_sorted_by_time_spent() -> None:
    def part(name: str, count: float, duration: float, kind: PartKind = PartKind.ROUTE) -> PartWindow:
        return PartWindow(kind, name, track(count=[count], duration=[duration], errors=[0.0]))

    parts = (part("GET /a", 60, 1), part("GET /b", 6, 8), part("db 5432", 6, 8, PartKind.DESTINATION))
    rows = route_rows(
        window(
            InstanceWindow(1, 5, 1, "single", None, track(requests=[1]), parts),
            InstanceWindow(2, 5, 2, "single", None, track(requests=[1]), (part("GET /a", 60, 1),)),
        )
    )
    assert [(row.name, row.request_rate, row.share) for row in rows] == [("GET /b", 0.1, 0.8), ("GET /a", 2.0, 0.2)]
