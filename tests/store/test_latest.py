"""The fleet table: the present from the samples, the minutes before from the rollups, without a seam."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisor.features.histogram import Histogram
from advisor.store import samples
from advisor.store.latest import POINTS
from tests.store.builders import START, WHEN, instance, keep, process_row, service

pytestmark = pytest.mark.django_db

NOW = START + 1805.0


def _latency(count: int, seconds: float) -> bytes:
    bounds = [seconds * 0.99, seconds * 1.01]
    return Histogram.from_explicit(bounds, [0, count, 0], count * seconds, seconds, seconds).encode()


def test_minutes_and_samples_make_one_even_line() -> None:
    first, second = instance(of := service(), pid=1), instance(of, pid=2)
    for at in range(5, 1806, 10):
        keep(process_row(first, at, _latency(50, 0.05), requests=50), process_row(second, at, requests=30))
    samples.roll_up(WHEN + timedelta(seconds=1805))

    (found,) = samples.latest([of.pk], NOW).values()

    assert found.requests.tolist() == pytest.approx([8.0] * POINTS)
    assert found.p95.tolist() == pytest.approx([0.05] * POINTS, rel=0.1)


def test_the_present_is_the_last_minute() -> None:
    one = instance(service())
    for at in range(1700, 1801, 10):
        slow = at > 1740
        keep(
            process_row(
                one,
                at,
                _latency(10, 0.2 if slow else 0.01),
                requests=100 if slow else 10,
                request_errors=5,
                cpu_user=8,
                cpu_system=1,
                loop_active=9 if slow else 1,
                loop_idle=1 if slow else 9,
            )
        )

    now = samples.latest([one.service_id], NOW)[one.service_id].now

    assert now == pytest.approx(
        {"requests": 10, "errors": 0.5, "cpu_cores": 0.9, "loop_busy": 0.9, "p95": now["p95"]}, rel=1e-6
    )
    assert now["p95"] == pytest.approx(0.2, rel=0.1)


def test_a_new_service_is_there_before_any_rollup_and_a_silent_one_is_not() -> None:
    new, silent = instance(service("new")), service("silent")
    keep(process_row(new, 1800, requests=10))

    found = samples.latest([new.service_id, silent.pk], NOW)

    assert set(found) == {new.service_id}
    assert np.isnan(found[new.service_id].requests[:-2]).all()
    assert found[new.service_id].now == {"requests": 1.0}


def test_a_service_that_fell_silent_has_its_past_and_no_present() -> None:
    one = instance(service())
    keep(process_row(one, 600, requests=10))
    samples.roll_up(WHEN + timedelta(seconds=1805))

    found = samples.latest([one.service_id], NOW)[one.service_id]

    assert found.now == {}
    assert np.nansum(found.requests) == 1.0


def test_two_queries_whatever_the_number_of_services() -> None:
    fleet = [instance(service(f"s{number}"), pid=number) for number in range(6)]
    keep(*(process_row(one, 1800, requests=1) for one in fleet))

    with CaptureQueriesContext(connection) as queries:
        assert len(samples.latest([one.service_id for one in fleet], NOW)) == 6

    assert len(queries) == 2
