"""busiest: what all processes did together in the hours in which they did most, and nothing that they did not do."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from advisor.fleet.models import Service
from advisor.store import samples
from advisor.store.models import ProcessHour, ProcessMinute
from advisor.store.rows import ProcessRow
from tests.store.builders import START, WHEN, instance, keep, process_row, service

pytestmark = pytest.mark.django_db

HOUR = 600.0
"""Seconds that an hour lasts in these tests."""


def busiest(service: Service, *rows: ProcessRow, end: float = START + 1800) -> float:
    keep(*rows)
    samples.roll_up(WHEN + timedelta(hours=3))
    return samples.busiest(service.pk, START, end, HOUR)


def test_it_is_the_sum_of_all_processes_in_the_hours_that_had_most() -> None:
    shop = service()
    one, other = instance(shop, pid=1), instance(shop, pid=2)
    quiet = [process_row(p, at, loop_active=1.0) for p in (one, other) for at in range(10, 601, 10)]
    busy = [process_row(p, at, loop_active=8.0) for p in (one, other) for at in range(610, 1801, 10)]
    assert busiest(shop, *quiet, *busy) == pytest.approx(1.6, rel=0.02)


def test_a_process_that_lived_for_a_part_of_an_hour_adds_what_it_did() -> None:
    """Old and new processes of a deploy share the hour, and those of a crash loop live for seconds."""
    shop = service()
    old, new = instance(shop, pid=1), instance(shop, pid=2)
    rows = [process_row(old, at, loop_active=8.0) for at in range(10, 301, 10)]
    rows += [process_row(new, at, loop_active=8.0) for at in range(310, 601, 10)]
    rows += [process_row(instance(shop, pid=100 + at), at, loop_active=1.0) for at in range(10, 601, 60)]
    assert busiest(shop, *rows, end=START + 600) == pytest.approx(0.8 + 10 / 600, rel=0.03)


def test_a_primary_and_another_service_do_not_count() -> None:
    shop = service()
    primary, worker, cart = instance(shop, role="primary"), instance(shop, pid=2), instance(service("cart"))
    work = {primary: 9.0, worker: 4.0, cart: 9.0}
    rows = [process_row(one, at, loop_active=seconds) for one, seconds in work.items() for at in range(10, 601, 10)]
    assert busiest(shop, *rows, end=START + 600) == pytest.approx(0.4, rel=0.02)


@pytest.mark.parametrize(
    ("figures", "work"),
    [
        ({"loop_utilization": 0.5, "cpu_main": 1.0}, 0.5),
        ({"cpu_main": 3.0}, 0.3),
        ({"cpu_user": 2.0, "cpu_system": 1.0}, 0.3),
    ],
)
def test_where_the_loop_is_not_measured_its_processor_time_counts(figures: dict[str, float], work: float) -> None:
    shop = service()
    one = instance(shop)
    rows = [process_row(one, at, None, **figures) for at in range(10, 601, 10)]
    assert busiest(shop, *rows, end=START + 600) == pytest.approx(work, rel=0.02)


def test_without_figures_nobody_knows() -> None:
    shop = service()
    assert math.isnan(busiest(shop, process_row(instance(shop), 10, requests=5.0)))


REAL = 3600


def by_hours_and_minutes(shop: Service, *rows: ProcessRow) -> tuple[float, float]:
    """Over five hours, of which the last has not closed: from rollups of an hour where these tell, then without any."""
    keep(*rows)
    samples.roll_up(WHEN + timedelta(hours=5))
    over = shop.pk, START, START + 5 * REAL, REAL
    by_hours = samples.busiest(*over)
    ProcessHour.objects.all().delete()
    return by_hours, samples.busiest(*over)


@pytest.mark.parametrize(
    "figures",
    [
        {"loop_active": 3.0},
        {"loop_utilization": 0.4, "cpu_main": 9.0},
        {"cpu_main": 3.0},
        {"cpu_user": 2, "cpu_system": 1},
    ],
)
def test_hours_say_the_same_as_minutes(figures: dict[str, float]) -> None:
    shop = service()
    old, new = instance(shop, pid=1), instance(shop, pid=2)
    rows = [process_row(old, at, None, **figures) for at in range(10, 2 * REAL - 900, 60)]
    rows += [process_row(new, at, None, **figures) for at in range(2 * REAL - 900, 5 * REAL, 60)]
    by_hours, by_minutes = by_hours_and_minutes(shop, *rows)
    assert by_hours == pytest.approx(by_minutes, rel=1e-5)
    assert by_hours > 0


def test_an_hour_that_was_measured_in_part_is_read_in_minutes() -> None:
    """The agent saw the process from the start, the probe came half an hour later."""
    shop = service()
    one = instance(shop)
    rows = [process_row(one, at, cpu_main=4.0, cpu_user=5.0, cpu_system=1.0) for at in range(10, 1800, 10)]
    rows += [
        process_row(one, at, cpu_main=4.0, cpu_user=5.0, cpu_system=1.0, loop_active=5.0)
        for at in range(1800, REAL + 1, 10)
    ]
    by_hours, by_minutes = by_hours_and_minutes(shop, *rows)
    assert by_hours == pytest.approx(by_minutes, rel=1e-5)
    assert by_hours == pytest.approx(0.45, rel=0.02)


def test_minutes_of_hours_that_tell_are_not_read() -> None:
    shop = service()
    keep(*(process_row(instance(shop, pid=at), at, loop_active=5.0) for at in range(10, 4 * REAL, 1200)))
    samples.roll_up(WHEN + timedelta(hours=5))
    over = shop.pk, START, START + 4 * REAL, REAL
    before = samples.busiest(*over)
    ProcessMinute.objects.all().delete()
    assert samples.busiest(*over) == before == pytest.approx(15 / 3600)
