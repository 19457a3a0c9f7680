"""Every byte of the database belongs to one class, and each day's last measurement stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from advisor.store import size
from advisor.store.models import StoreSize
from advisor.store.retention import CLASSES
from tests.store.builders import WHEN, host, host_row, instance, keep, process_row, route_row, service

pytestmark = pytest.mark.django_db

KINDS = [*(kept.kind for kept in CLASSES), size.REST]
HOUR = timedelta(hours=1)


def sizes() -> dict[str, size.Size]:
    return {one.kind: one for one in size.measure()}


def fill(rows: int) -> None:
    one, machine = instance(service()), host()
    keep(*(process_row(one, second, requests=1.5, threads=7) for second in range(rows)))
    keep(*(route_row(one, second, "GET /a", count=1.5) for second in range(rows // 2)), host_row(machine, 0, load_1m=1))
    with connection.cursor() as cursor:
        for table in ("store_processsample", "store_hostsample", "store_partsample"):
            cursor.execute(f"ANALYZE {table}")


def test_the_classes_and_the_rest_are_the_whole() -> None:
    fill(100)
    found = size.measure()
    assert [one.kind for one in found] == KINDS
    assert sum(one.bytes for one in found) == pytest.approx(size.total(), rel=0.05), "the file may grow in between"


def test_what_is_added_is_seen_in_its_class_alone() -> None:
    before = sizes()
    fill(4000)
    after = sizes()
    assert after["samples"].rows == 4001
    assert after["parts"].rows == 2000
    assert after["samples"].bytes - before["samples"].bytes > 4000 * 40
    assert after["parts"].bytes > before["parts"].bytes
    assert after["minutes"].bytes == before["minutes"].bytes


def test_without_its_table_of_pages_sqlite_is_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    fill(4000)
    exact = sizes()
    assert not size.is_estimate()
    monkeypatch.setattr(size, "_knows_pages", lambda: False)
    assert size.is_estimate() is (connection.vendor == "sqlite")
    near = sizes()
    assert near["samples"].rows == exact["samples"].rows
    for kind in ("samples", "parts"):
        assert exact[kind].bytes / 2 < near[kind].bytes < exact[kind].bytes * 2


def test_the_last_measurement_of_a_day_stays() -> None:
    for hours in (0.0, 0.5, 5.0, 30.0):
        size.record(WHEN + hours * HOUR)

    times = list(StoreSize.objects.filter(kind="samples").order_by("day").values_list("at", flat=True))
    assert times == [WHEN + 5 * HOUR, WHEN + 30 * HOUR]
    assert StoreSize.objects.count() == 2 * len(KINDS)


def test_what_was_measured_just_now_is_taken() -> None:
    size.record(WHEN)
    StoreSize.objects.filter(kind="samples").update(bytes=12_345)

    at, found = size.measured(WHEN + HOUR)
    assert at == WHEN
    assert {one.kind: one.bytes for one in found}["samples"] == 12_345

    at, found = size.measured(WHEN + 3 * HOUR)
    assert at == WHEN + 3 * HOUR
    assert {one.kind: one.bytes for one in found}["samples"] != 12_345


def test_the_disk_of_a_database_on_this_machine_is_seen() -> None:
    disk = size.disk()
    assert disk is not None
    assert 0 < disk.free < disk.total


@pytest.mark.postgresql
@pytest.mark.parametrize(("name", "value"), [("HOST", "database.example.com"), ("HOST", "10.0.0.7")])
def test_the_disk_of_another_machine_is_not(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setitem(connection.settings_dict, name, value)
    assert size.disk() is None
