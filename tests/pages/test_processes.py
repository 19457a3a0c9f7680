from __future__ import annotations

import numpy as np
import pytest

from advisor.features.window import InstanceWindow, PartWindow, Track
from advisor.pages.processes import process_rows, role, route_rows
from advisor.pages.whereabouts import Whereabouts
from advisor.vocabulary import PartKind
from tests.pages.windows import latency, part, process, track, window


def test_increases_become_rates_and_levels_stay() -> None:
    values = track(cpu_user=[4.0, 6.0], cpu_system=[1.0, 1.0], requests=[100, np.nan], memory_rss=[1e8, 2e8])
    (row,) = process_rows(window(InstanceWindow(1, 5, 42, "single", None, values)), {})
    assert (row.host, row.pid) == ("web-01", 42)
    assert row.cores == 0.6
    assert row.request_rate == 10
    assert row.memory == 2e8
    assert (row.loop_busy, row.p95, row.descriptors) == (None, None, None)


def test_the_loop_is_taken_from_its_times_else_from_the_gauge() -> None:
    timed = track(loop_active=[9.0, 8.0], loop_idle=[1.0, 2.0], loop_utilization=[0.1, 0.1])
    gauged = track(loop_utilization=[0.2, np.nan])
    rows = process_rows(
        window(InstanceWindow(1, 5, 1, "single", None, gauged), InstanceWindow(2, None, 2, "single", None, timed)),
        {},
    )
    assert [(row.pid, row.loop_busy) for row in rows] == [(2, 0.85), (1, 0.2)]
    assert rows[0].host == "not known"


def test_percentiles_are_of_all_requests_together() -> None:
    values = track(requests=[100, 100])
    measured = Track(values.times, values.spans, values.values, {0: latency(0.02), 1: latency(0.08)})
    (row,) = process_rows(window(InstanceWindow(1, 5, 1, "single", None, measured)), {})
    assert row.p95 is not None
    assert 0.07 < row.p95 < 0.09


def test_the_place_of_a_process_is_its_own() -> None:
    here = Whereabouts("pod shop-7d9f")
    rows = process_rows(window(process(pid=1), process(pid=2)), {1: here})
    assert [(row.pid, row.where) for row in rows] == [(1, here), (2, Whereabouts())]


def test_the_heap_stands_beside_its_limit() -> None:
    (row,) = process_rows(window(process(values=track(heap_used=[4e7, 5e7], heap_limit=[2e9, np.nan]))), {})
    assert (row.heap, row.heap_limit) == (5e7, 2e9)


def test_restarts_are_told_where_a_supervisor_counts_them() -> None:
    rows = process_rows(window(process(values=track(restarts=[3, 4])), process(pid=7)), {})
    assert [(row.pid, row.restarts) for row in rows] == [(7, None), (42, 4)]


@pytest.mark.parametrize(
    ("told", "worker", "said"),
    [("single", None, ""), ("primary", None, "primary"), ("worker", 3, "worker 3"), ("worker", None, "worker")],
)
def test_a_worker_is_known_by_its_number(told: str, worker: int | None, said: str) -> None:
    assert role(process(role=told, worker=worker)) == said


def test_routes_are_summed_over_processes_and_sorted_by_time_spent() -> None:
    def route(name: str, count: float, duration: float, kind: PartKind = PartKind.ROUTE) -> PartWindow:
        return part(kind, name, count=[count], duration=[duration], errors=[0.0])

    parts = (route("GET /a", 60, 1), route("GET /b", 6, 8), route("db 5432", 6, 8, PartKind.DESTINATION))
    rows = route_rows(window(process(*parts, pid=1), process(route("GET /a", 60, 1), pid=2)))
    assert [(row.name, row.request_rate, row.share) for row in rows] == [("GET /b", 0.1, 0.8), ("GET /a", 2.0, 0.2)]


def test_what_clients_did_wrong_is_told_apart_from_what_failed() -> None:
    (row,) = route_rows(
        window(process(part(PartKind.ROUTE, "GET /a", count=[60], errors=[6], client_errors=[12], aborted=[3])))
    )
    assert (row.errors, row.client_errors, row.aborted) == (0.1, 0.2, 0.05)
