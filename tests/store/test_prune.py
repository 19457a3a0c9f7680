"""Pruning deletes what is over and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from advisor.store import prune, samples
from advisor.store.left_out import note_left_out
from advisor.store.models import Batch, Event, PartMinute, ProcessHour, ProcessMinute, ProcessSample, Stream
from tests.fleet.builders import only
from tests.store.builders import (
    WHEN,
    disk_row,
    event_row,
    host,
    host_row,
    instance,
    keep,
    process_row,
    route_row,
    service,
    stored,
    us,
)

pytestmark = pytest.mark.django_db

HOUR = 3600.0


def test_samples_go_after_their_hours_and_rollups_after_their_days(settings: Settings) -> None:
    settings.RAW_HOURS, settings.ROLLUP_DAYS = 48.0, 30.0
    one, machine = instance(service()), host()
    for hours in (0.0, 5.0, 40.0):
        keep(process_row(one, hours * HOUR, requests=1), host_row(machine, hours * HOUR, load_1m=1))
        keep(disk_row(machine, hours * HOUR, "sda", busy=1))
    samples.roll_up(WHEN + timedelta(hours=41))

    assert samples.prune(WHEN + timedelta(hours=48)) == 0
    assert samples.prune(WHEN + timedelta(hours=60)) == 6
    for table in ("process", "host", "part"):
        assert stored(f"store_{table}sample", "time") == [(us(40 * HOUR),)]
    assert ProcessMinute.objects.count() == 3

    samples.prune(WHEN + timedelta(days=30, hours=6))
    assert ProcessMinute.objects.count() == 1


def test_rollups_of_hours_have_days_of_their_own(settings: Settings) -> None:
    settings.HOUR_DAYS = 100.0
    one = instance(service())
    for hours in (0.0, 20.0, 40.0):
        keep(process_row(one, hours * HOUR, requests=1))
    samples.roll_up(WHEN + timedelta(hours=43))

    samples.prune(WHEN + timedelta(days=100))
    assert ProcessHour.objects.count() == 3
    samples.prune(WHEN + timedelta(days=100, hours=39))
    assert only(ProcessHour).hour == int(WHEN.timestamp()) // 3600 + 40


def test_a_minute_is_never_half_deleted_while_it_may_be_rolled_up_again(settings: Settings) -> None:
    settings.RAW_HOURS = 48.0
    one = instance(service())
    keep(*(process_row(one, at, requests=1) for at in range(0, 60, 10)))
    now = WHEN + timedelta(hours=48, seconds=30)

    samples.prune(now)
    samples.roll_up(now)

    assert ProcessSample.objects.count() == 6
    assert only(ProcessMinute).n == 6


def test_a_minute_that_is_about_to_be_deleted_is_not_rolled_up(settings: Settings) -> None:
    settings.RAW_HOURS = 48.0
    one = instance(service())
    keep(*(process_row(one, at, requests=1) for at in range(0, 60, 10)))

    samples.roll_up(WHEN + timedelta(hours=49, minutes=31))

    assert not ProcessMinute.objects.exists()


def test_each_class_has_its_own_time(settings: Settings) -> None:
    settings.KEEP_PARTS_HOURS, settings.KEEP_EVENTS_DAYS = 6.0, 1.0
    one = instance(service())
    rows = process_row(one, 0, requests=1), route_row(one, 0, "GET /", count=1), event_row(one, 0, "x")
    left = ("store_processsample", "store_partsample", "store_event")
    keep(*rows)
    samples.roll_up(WHEN + timedelta(hours=2))

    for hours, kept in ((7.9, {*left}), (8.1, {left[0], left[2]}), (25.0, {left[0]}), (71.0, set())):
        samples.prune(WHEN + timedelta(hours=hours))
        assert {table for table in left if stored(table, "time")} == kept, hours


def test_parts_may_go_before_their_process(settings: Settings) -> None:
    settings.KEEP_PARTS_HOURS = 1.0
    one = instance(service())
    keep(process_row(one, 0, requests=1), route_row(one, 0, "GET /", count=1))

    samples.roll_up(WHEN + timedelta(hours=3))

    assert only(ProcessMinute).requests == 1
    assert not PartMinute.objects.exists(), "half of its samples may be gone"


def test_events_stay_as_long_as_they_are_kept(settings: Settings) -> None:
    settings.RAW_HOURS, settings.KEEP_EVENTS_DAYS = 48.0, 30.0
    one = instance(service())
    keep(*(event_row(one, days * 24 * HOUR, "advisor.process.started") for days in (0, 1, 20)))

    samples.prune(WHEN + timedelta(days=29))
    assert Event.objects.count() == 3
    samples.prune(WHEN + timedelta(days=31, hours=1))
    assert stored("store_event", "time") == [(us(20 * 24 * HOUR),)]


def test_nothing_goes_in_one_large_transaction(settings: Settings) -> None:
    settings.KEEP_BATCHES_DAYS = 7.0
    for hours in range(5):
        Batch.objects.create(token_id=1, key=uuid4(), received_at=WHEN + timedelta(hours=hours))
    note_left_out({(1, "why"): 1}, WHEN)
    note_left_out({(1, "why"): 1}, WHEN + timedelta(days=1))

    with CaptureQueriesContext(connection) as queries:
        samples.prune(WHEN + timedelta(days=60))

    deleted = Counter(query["sql"].split()[2].strip('"') for query in queries if query["sql"].startswith("DELETE"))
    assert deleted["store_batch"] == 5
    assert deleted["store_leftout"] == 2
    assert not Batch.objects.exists()


def test_stopping_midway_loses_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    one = instance(service())
    keep(*(process_row(one, hours * HOUR, requests=1) for hours in range(5)))
    places = iter([None, ConnectionError()])

    def stop(name: str) -> None:
        if (error := next(places, None)) is not None:
            raise error

    with monkeypatch.context() as patch:
        patch.setattr(prune, "failpoint", stop)
        with pytest.raises(ConnectionError):
            samples.prune(WHEN + timedelta(days=3))
    assert ProcessSample.objects.count() == 3
    assert samples.prune(WHEN + timedelta(days=3)) == 3


def test_batches_and_streams_that_fell_silent_go() -> None:
    for days in (0, 5):
        Batch.objects.create(token_id=1, key=uuid4(), received_at=WHEN + timedelta(days=days))
        Stream.objects.create(key=bytes([days]) * 16, time=us(days * 86400), start=0, value=1.0)

    samples.prune(WHEN + timedelta(days=7, hours=1))

    assert Batch.objects.count() == 1
    assert [bytes(row.key)[0] for row in Stream.objects.all()] == [5]
