"""The days of the samples: made ahead, dropped whole, and never in the way of a sample."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django.fixtures import Settings

from advisor.store import partitions, samples
from advisor.store.columns import RealField, TimeIndex
from advisor.store.models import HostSample, ProcessSample
from advisor.store.rows import ProcessRow
from tests.store.builders import WHEN, host, host_row, instance, keep, process_row, service, stored, us

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

TABLE = "store_processsample"
HOUR, DAY = 3600.0, 86_400.0


def days() -> list[str]:
    """The days of November 2025 that there are; those of today were made by the migration."""
    found = (one.name.removeprefix(f"{TABLE}_") for one in partitions.of(TABLE) if one.is_day)
    return [name for name in found if name.startswith("202511")]


@pytest.fixture(autouse=True)
def _no_days_of_others(db: None) -> None:
    """Tests that commit leave the days behind that pruning made."""
    with connection.cursor() as cursor:
        for day in days():
            cursor.execute(f"DROP TABLE {TABLE}_{day}")


def places() -> list[str]:
    """In which partition each row lies, in the order of time."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tableoid::regclass::text FROM {TABLE} ORDER BY time")
        return [name.removeprefix(f"{TABLE}_") for (name,) in cursor.fetchall()]


def test_the_migration_made_the_days_of_its_time() -> None:
    for table in (TABLE, "store_hostsample", "store_partsample"):
        there = partitions.of(table)
        assert [one.name for one in there if one.end is None] == [f"{table}_default"]
        assert len([one for one in there if one.is_day]) == partitions.AHEAD + 1


def test_today_and_the_next_days_are_made_once() -> None:
    assert partitions.make(TABLE, WHEN) == 3
    assert partitions.make(TABLE, WHEN) == 0
    assert partitions.make(TABLE, WHEN + timedelta(days=1)) == 1
    assert days() == ["20251123", "20251124", "20251125", "20251126"]


def test_what_has_no_day_is_taken_all_the_same() -> None:
    one = instance(service())
    partitions.make(TABLE, WHEN)
    keep(*(process_row(one, day * DAY, requests=1) for day in (-20_000, -1, 0, 1, 3, 80_000)))
    assert places() == ["default", "default", "20251123", "20251124", "default", "default"]


def test_a_new_day_takes_over_what_came_before_it_was_made() -> None:
    one = instance(service())
    keep(*(process_row(one, hours * HOUR, requests=1) for hours in (-5, 0, 1, 19, 20)))
    partitions.make(TABLE, WHEN)
    assert places() == ["default", "20251123", "20251123", "20251123", "20251124"]
    assert ProcessSample.objects.count() == 5


def test_a_day_of_which_the_default_partition_holds_much_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "MOST_MOVED", 3)
    one = instance(service())
    keep(*(process_row(one, second, requests=1) for second in range(4)))
    assert partitions.make(TABLE, WHEN) == 2
    assert places() == ["default"] * 4


def test_the_same_moment_twice_is_refused_in_every_partition() -> None:
    partitions.make(TABLE, WHEN)
    for time in (us(0), us(-30 * DAY)):
        ProcessSample.objects.create(service_id=1, instance_id=1, time=time, at=time, span=1)
        with pytest.raises(IntegrityError), transaction.atomic():
            ProcessSample.objects.create(service_id=1, instance_id=1, time=time, at=time, span=1)


def test_a_new_metric_reaches_every_partition() -> None:
    partitions.make("store_hostsample", WHEN)
    field = RealField(null=True)
    field.set_attributes_from_name("brand_new")
    with connection.schema_editor() as editor:
        editor.add_field(HostSample, field)
        editor.add_index(HostSample, TimeIndex(fields=("time",), name="store_host_brand_new"))

    for one in partitions.of("store_hostsample"):
        with connection.cursor() as cursor:
            columns = connection.introspection.get_table_description(cursor, one.name)
            constraints = connection.introspection.get_constraints(cursor, one.name).values()
        assert "brand_new" in [column.name for column in columns]
        assert (["time"], "brin") in [(found["columns"], found["type"]) for found in constraints if found["index"]]


def test_days_go_whole_once_all_of_them_is_over(settings: Settings) -> None:
    settings.RAW_HOURS = settings.KEEP_PARTS_HOURS = 48.0
    one, machine = instance(service()), host()
    samples.prune(WHEN)
    keep(*(process_row(one, hours * HOUR, requests=1) for hours in (0, 19, 21)), host_row(machine, 0, load_1m=1))
    samples.roll_up(WHEN + timedelta(days=1))

    samples.prune(WHEN + timedelta(hours=20 + 50 - 1))
    assert ProcessSample.objects.count() == 3
    samples.prune(WHEN + timedelta(hours=20 + 50))
    assert stored(TABLE, "time") == [(us(21 * HOUR),)]
    assert not stored("store_hostsample", "time")
    assert "20251123" not in days()


def test_a_day_waits_for_its_rollups(settings: Settings) -> None:
    settings.RAW_HOURS = 48.0
    samples.prune(WHEN)
    keep(process_row(instance(service()), 0, requests=1))

    samples.prune(WHEN + timedelta(hours=71))
    assert ProcessSample.objects.exists()
    samples.roll_up(WHEN + timedelta(hours=3))
    samples.prune(WHEN + timedelta(hours=71))
    assert not ProcessSample.objects.exists()


def test_a_day_waits_for_what_a_slow_clock_put_into_it() -> None:
    one = instance(service())
    partitions.make(TABLE, WHEN)
    keep(ProcessRow(one.service_id, one.pk, us(0), 10.0, 2 * DAY, {"requests": 1.0}))
    samples.roll_up(WHEN + timedelta(days=3))

    assert partitions.drop(TABLE, us(DAY)) == 0
    partitions.drop(TABLE, us(2 * DAY) + 1)
    assert days() == ["20251125"]


def test_who_keeps_samples_for_hours_keeps_no_day_more(settings: Settings) -> None:
    settings.RAW_HOURS = settings.KEEP_PARTS_HOURS = 6.0
    one = instance(service())
    samples.prune(WHEN)
    keep(*(process_row(one, hours * HOUR, requests=1) for hours in range(12)))

    samples.prune(WHEN + timedelta(hours=12))
    assert len(stored(TABLE, "time")) == 8


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_long_for_a_day_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "PATIENCE", "10ms")
    partitions.make(TABLE, WHEN)
    reading, done = threading.Event(), threading.Event()

    def read() -> None:
        with transaction.atomic():
            ProcessSample.objects.count()
            reading.set()
            done.wait()
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    reading.wait()
    assert partitions.drop(TABLE, us(DAY)) == 0
    done.set()
    reader.join()
    assert partitions.drop(TABLE, us(3 * DAY)) == 3
    assert days() == []
