"""Hours are read where they tell all, minutes where they do not, and nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from advisor.fleet.models import Instance
from advisor.store import samples
from advisor.store.models import HostHour, HourMark, ProcessHour
from advisor.store.tables import HOST, PROCESS
from advisor.store.whole_hours import whole_hours
from tests.store.builders import START, WHEN, host, host_row, instance, keep, process_row, service

pytestmark = pytest.mark.django_db

FIRST = round(START / 3600)
HOUR = 3600.0


@pytest.fixture
def shop() -> Instance:
    """A process that reported in five hours, of which the last has not closed."""
    one = instance(service(), host())
    keep(*(process_row(one, hours * HOUR + 10, requests=1) for hours in range(5)))
    keep(*(host_row(one.host, hours * HOUR + 10, load_1m=1) for hours in range(5) if one.host))
    samples.roll_up(WHEN + timedelta(hours=5))
    return one


def read(one: Instance, begin: float, end: float) -> tuple[list[int], list[float]]:
    """Hours since `START`, and the hours that minutes are read of."""
    hours, minutes = whole_hours(PROCESS, [one.service_id], START + begin * HOUR, START + end * HOUR)
    assert len(minutes) == len(set(minutes))
    assert not {minute // 60 for minute in minutes} & set(hours)
    return [hour - FIRST for hour in hours], sorted({minute // 60 - FIRST for minute in minutes})


def test_closed_hours_are_told_by_their_rollup(shop: Instance) -> None:
    assert read(shop, 0, 5) == ([0, 1, 2, 3], [4])


def test_what_is_no_full_hour_of_the_span_is_read_in_minutes(shop: Instance) -> None:
    assert read(shop, 0.5, 3.25) == ([1, 2], [0, 3])
    _, minutes = whole_hours(PROCESS, [shop.service_id], START + 0.5 * HOUR, START + 3.25 * HOUR)
    assert [minute - FIRST * 60 for minute in minutes] == [*range(30, 60), *range(180, 195)]


def test_a_corrected_hour_is_read_in_minutes_until_it_is_rolled_up_again(shop: Instance) -> None:
    HourMark.objects.create(pk=(3600, FIRST + 1, "process", shop.service_id))
    HourMark.objects.create(pk=(3600, FIRST + 2, "process", shop.service_id + 1))
    HourMark.objects.create(pk=(60, FIRST + 2, "process", shop.service_id))
    HourMark.objects.create(pk=(3600, FIRST + 3, "host", 0))
    assert read(shop, 0, 4) == ([0, 2, 3], [1])


def test_hours_from_before_there_were_rollups_are_read_in_minutes(shop: Instance) -> None:
    ProcessHour.objects.filter(hour__lt=FIRST + 2).delete()
    assert read(shop, 0, 4) == ([2, 3], [0, 1])
    ProcessHour.objects.all().delete()
    assert read(shop, 0, 4) == ([], [0, 1, 2, 3])


def test_a_span_of_no_full_hour_has_none(shop: Instance) -> None:
    assert read(shop, 0.25, 0.75) == ([], [0])
    assert read(shop, 0.75, 1.25) == ([], [0, 1])


def test_machines_have_hours_of_their_own(shop: Instance) -> None:
    assert shop.host is not None
    HostHour.objects.all().delete()
    assert whole_hours(HOST, [shop.host.pk], START, START + HOUR)[0] == []
    assert whole_hours(HOST, [], START, START + HOUR)[0] == []
