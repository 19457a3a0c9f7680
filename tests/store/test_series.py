"""Charts: totals over processes, the busiest of them, percentiles of all requests, gaps and spikes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisor.features.histogram import Histogram
from advisor.store import samples
from advisor.store.rows import ProcessRow
from tests.store.builders import START, WHEN, disk_row, host, host_row, instance, keep, process_row, service, us

pytestmark = pytest.mark.django_db


def _latency(count: int, seconds: float) -> bytes:
    return Histogram.from_explicit(
        [seconds * 0.99, seconds * 1.01], [0, count, 0], count * seconds, seconds, seconds
    ).encode()


def _value(curve: np.ndarray, times: np.ndarray, seconds: float) -> float:
    """The value of the cell that holds a moment."""
    return float(curve[np.argmin(abs(times - (START + seconds)))])


def test_totals_add_up_over_processes_and_shares_are_of_the_busiest() -> None:
    of, machine = service(), host()
    first, second = instance(of, machine, 1), instance(of, machine, 2)
    for at in range(10, 310, 10):
        keep(
            process_row(first, at, requests=100, cpu_user=4, cpu_system=1, loop_active=9, loop_idle=1, memory_rss=1e8),
            process_row(second, at, requests=50, cpu_user=1, cpu_system=1, loop_utilization=0.3, memory_rss=2e8),
            host_row(machine, at, cpu_count=8, cpu_effective=4, cpu_user=20, cpu_system=4, cpu_idle=16),
        )

    found = samples.series(of.pk, START, START + 300)

    middle = {name: _value(curve.value, found.times, 150) for name, curve in found.curves.items()}
    assert middle["requests"] == pytest.approx(15)
    assert middle["cpu_cores"] == pytest.approx(0.7)
    assert middle["loop_busy"] == pytest.approx(0.9)
    assert middle["memory_rss"] == pytest.approx(3e8)
    assert middle["cores_effective"] == 4
    assert middle["host_busy"] == pytest.approx(0.6)
    assert "heap_used" not in middle
    assert [(row.pid, row.host, round(_value(row.busy, found.times, 150), 6)) for row in found.loops] == [
        (1, "web-1", 0.9),
        (2, "web-1", 0.3),
    ]


def test_what_holds_a_process_back_from_outside_is_drawn() -> None:
    of = service()
    first, second = instance(of, pid=1), instance(of, pid=2)
    sums: dict[str, Any] = {"disk_read": 1000, "disk_written": 2000}
    for at in range(10, 310, 10):
        keep(
            process_row(first, at, cpu_wait=4, cgroup_periods=100, cgroup_throttled=25, accept_queue=3, **sums),
            process_row(second, at, cpu_wait=1, cgroup_memory_usage=2e8, cgroup_memory_limit=5e8, **sums),
        )

    found = samples.series(of.pk, START, START + 300)

    middle = {name: _value(curve.value, found.times, 150) for name, curve in found.curves.items()}
    expected = {"cpu_wait": 0.4, "throttled": 0.25, "accept_queue": 3, "disk_read": 200, "disk_written": 400}
    expected |= {"cgroup_memory_usage": 2e8, "cgroup_memory_limit": 5e8}
    assert {name: middle[name] for name in expected} == pytest.approx(expected)


def test_what_the_probe_sees_inside_is_drawn() -> None:
    of = service()
    first, second = instance(of, pid=1), instance(of, pid=2)
    inside: dict[str, Any] = {
        "gc_major": 1,
        "gc_minor": 0.5,
        "gc_pause_max": 0.2,
        "gc_minor_max": 0.01,
        "threadpool_wait": 0.3,
    }
    sums: dict[str, Any] = {"websocket_received": 30, "websocket_sent": 60, "requests_aborted": 2, "worker_threads": 2}
    for at in range(10, 130, 10):
        keep(
            process_row(first, at, **inside, **sums, unhandled_errors=1, heap_floor=4e7, external_memory=1e6),
            process_row(second, at, gc_minor=0.1, **sums, unhandled_errors=0, heap_floor=5e7, external_memory=2e6),
        )

    found = samples.series(of.pk, START, START + 120)

    middle = {name: _value(curve.value, found.times, 60) for name, curve in found.curves.items()}
    assert middle == pytest.approx(
        {"gc_share": 0.15, "gc_major": 0.1, "gc_minor": 0.05, "gc_pause_max": 0.2, "gc_minor_max": 0.01}
        | {"threadpool_wait": 0.3, "websocket_received": 6, "websocket_sent": 12, "requests_aborted": 0.4}
        | {"worker_threads": 4, "unhandled_errors": 6, "heap_floor": 5e7, "external_memory": 3e6},
        rel=1e-3,
    )


def test_of_disks_the_fullest_of_the_service_s_own_machines_is_drawn() -> None:
    of, machine, foreign = service(), host("web-01"), host("web-02")
    process = instance(of, machine)
    for at in range(10, 310, 10):
        keep(
            process_row(process, at, requests=1),
            disk_row(machine, at, "/", used=30, capacity=100, inodes_used=9, inodes=10),
            disk_row(machine, at, "/srv", used=80, capacity=100),
            disk_row(foreign, at, "/", used=99, capacity=100),
        )

    found = samples.series(of.pk, START, START + 300)

    middle = {name: _value(found.curves[name].value, found.times, 150) for name in ("disk_full", "inodes_full")}
    assert middle == pytest.approx({"disk_full": 0.8, "inodes_full": 0.9})


def test_percentiles_are_of_all_requests_not_of_averages() -> None:
    of = service()
    fast, slow = instance(of, pid=1), instance(of, pid=2)
    keep(process_row(fast, 10, _latency(980, 0.010)), process_row(slow, 10, _latency(20, 1.0)))

    found = samples.series(of.pk, START, START + 60)

    assert _value(found.curves["p50"].value, found.times, 5) == pytest.approx(0.010, rel=0.1)
    assert _value(found.curves["p95"].value, found.times, 5) == pytest.approx(0.010, rel=0.1)
    assert _value(found.curves["p99"].value, found.times, 5) == pytest.approx(1.0, rel=0.1)


def test_silence_is_a_gap() -> None:
    one = instance(service())
    keep(*(process_row(one, at, requests=10) for at in (10, 20, 30, 100, 110)))

    found = samples.series(one.service_id, START, START + 120)
    curve = found.curves["requests"]

    known = found.times[~np.isnan(curve.value)] - START
    assert known.min() < 1
    assert ((known < 30) | ((known > 90) & (known < 110))).all()
    assert np.isnan(_value(curve.value, found.times, 60))


def test_two_senders_of_one_process_do_not_halve_its_rates() -> None:
    one = instance(service())
    for at in range(10, 310, 10):
        keep(process_row(one, at, cpu_user=4, cpu_system=1), process_row(one, at + 3, requests=40))
    samples.roll_up(WHEN + timedelta(hours=2))

    for length in (300, 7200):
        found = samples.series(one.service_id, START, START + length)
        assert _value(found.curves["cpu_cores"].value, found.times, 150) == pytest.approx(0.5)
        assert _value(found.curves["requests"].value, found.times, 150) == pytest.approx(4)


@pytest.mark.parametrize(("until", "then"), [(296, np.nan), (286, np.nan), (276, 10.0)])
def test_the_newest_figures_wait_for_who_still_reports(until: int, then: float) -> None:
    """A sum would fall until the second has told; one that is silent for longer than its interval is gone."""
    of = service()
    first, second = instance(of, host(), 1), instance(of, None, 2)
    keep(*(process_row(first, at, requests=100, loop_utilization=0.4) for at in range(10, 301, 10)))
    keep(*(process_row(second, at, requests=50, loop_utilization=0.9) for at in range(6, until + 1, 10)))

    found = samples.series(of.pk, START, START + 310, extremes=["loop_busy"])

    requests, loops = found.curves["requests"].value, found.curves["loop_busy"].high
    assert _value(requests, found.times, until - 0.5) == pytest.approx(15)
    assert _value(loops, found.times, until - 0.5) == pytest.approx(0.9)
    assert _value(requests, found.times, 298.5) == pytest.approx(then, nan_ok=True)
    assert np.isnan(_value(loops, found.times, 298.5)) == np.isnan(then)


@pytest.mark.parametrize("length", [900, 3600, 6 * 3600, 7 * 86400])
def test_at_most_the_points_asked_for(length: int) -> None:
    one = instance(service())
    keep(*(process_row(one, at, requests=10) for at in range(0, 3600, 10)))
    samples.roll_up(WHEN + timedelta(hours=2))

    found = samples.series(one.service_id, START, START + length, points=400)

    assert len(found.times) <= 400
    assert len(found.curves["requests"].value) == len(found.times)
    assert _value(found.curves["requests"].value, found.times, 1800) == pytest.approx(1, rel=0.02)


def test_a_clock_that_is_wrong_is_put_right() -> None:
    one = instance(service())
    keep(ProcessRow(one.service_id, one.pk, us(-3590), 10.0, 3600.0, {"requests": 100.0}))

    found = samples.series(one.service_id, START, START + 60)

    assert _value(found.curves["requests"].value, found.times, 5) == pytest.approx(10)


def test_a_service_without_samples_has_no_curves() -> None:
    found = samples.series(service().pk, START, START + 60)

    assert (dict(found.curves), found.loops) == ({}, ())
    assert len(found.times) > 0


@pytest.mark.parametrize("length", [900, 7200])
def test_five_queries_whatever_the_number_of_processes(length: int) -> None:
    of, machine = service(), host()
    keep(*(process_row(instance(of, machine, pid), 10, requests=1) for pid in range(8)), host_row(machine, 10))
    keep(*(disk_row(machine, 10, f"/{n}", used=1, capacity=2) for n in range(3)))
    samples.roll_up(WHEN + timedelta(hours=2))

    with CaptureQueriesContext(connection) as queries:
        samples.series(of.pk, START, START + length)

    assert len(queries) == 5
