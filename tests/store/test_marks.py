"""No sample slips between a writer that has not committed and a rollup that runs beside it."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import cycle

import pytest
from django.db import connection, transaction

from advisor.store import marks, rollup, samples
from advisor.store.marks import due, mark, take, take_hours
from advisor.store.models import HourMark, ProcessHour, ProcessMinute, RollupMark
from advisor.store.rows import Rows
from advisor.store.tables import MINUTES
from advisor.vocabulary import Entity
from tests.fleet.builders import only
from tests.store.builders import START, WHEN, at_the_time_of, instance, keep, process_row, service

MINUTE = int(START) // 60


@pytest.mark.django_db
def test_what_is_young_is_marked_for_everybody_and_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_time_of(monkeypatch, 600)
    with transaction.atomic():
        mark({Entity.HOST: {(1, MINUTE), (1, MINUTE + 2)}})
        mark({Entity.HOST: {(2, MINUTE + 2)}, Entity.PART: {(3, MINUTE + 4)}})

    assert due(MINUTE + 4) == [MINUTE + 2, MINUTE]
    assert take(MINUTE + 2)
    assert not take(MINUTE + 2)
    assert not HourMark.objects.exists()


@pytest.mark.django_db
def test_what_is_old_is_marked_for_its_owner_the_newest_hour_first(monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_time_of(monkeypatch, 7200)
    with transaction.atomic():
        mark({Entity.PROCESS: {(2, MINUTE), (1, MINUTE), (1, MINUTE + 59), (1, MINUTE + 60)}})

    hour = MINUTE // 60
    assert not RollupMark.objects.exists()
    assert [(one.hour, one.owner_id) for one in take_hours(MINUTES, hour + 2, 2)] == [(hour + 1, 1), (hour, 1)]
    assert [(one.hour, one.owner_id) for one in take_hours(MINUTES, hour, 2)] == []
    assert [(one.hour, one.owner_id) for one in take_hours(MINUTES, hour + 1, 2)] == [(hour, 2)]
    assert take_hours(MINUTES, hour + 2, 2) == []


@pytest.mark.parametrize("clock", [60.0, 7200.0])
@pytest.mark.django_db(transaction=True)
def test_a_rollup_waits_for_a_writer_or_leaves_it_the_mark(monkeypatch: pytest.MonkeyPatch, clock: float) -> None:
    at_the_time_of(monkeypatch, clock)
    one = instance(service())
    keep(process_row(one, 0, requests=1))
    written, rolled = threading.Event(), threading.Event()

    def roll_up() -> None:
        written.wait()
        samples.roll_up(WHEN + timedelta(hours=2))
        rolled.set()
        connection.close()

    beside = threading.Thread(target=roll_up)
    beside.start()
    with transaction.atomic():
        samples.write(Rows(processes=[process_row(one, 10, requests=2)]))
        written.set()
        rolled.wait(0.3)  # long enough to go wrong, were nothing held
    beside.join()

    samples.roll_up(WHEN + timedelta(hours=2))
    assert only(ProcessMinute).requests == only(ProcessHour).requests == 3
    assert not RollupMark.objects.exists()
    assert not HourMark.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_writers_of_one_minute_lose_nothing_to_rollups_beside_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some mark the minute for everybody and some for its owner, as they do around the tenth minute."""
    clocks = cycle((START + 60, START + 7200))
    monkeypatch.setattr(marks, "time", lambda: next(clocks))
    one = instance(service())
    writing = threading.Event()

    def write(first: int) -> None:
        for at in range(first, 60, 4):
            keep(process_row(one, at, requests=1))
        connection.close()

    def roll_up() -> None:
        while not writing.is_set():
            samples.roll_up(WHEN + timedelta(hours=2))
        connection.close()

    writers = [threading.Thread(target=write, args=(first,)) for first in range(4)]
    beside = [threading.Thread(target=roll_up) for _ in range(2)]
    for thread in (*writers, *beside):
        thread.start()
    for thread in writers:
        thread.join()
    writing.set()
    for thread in beside:
        thread.join()

    samples.roll_up(WHEN + timedelta(hours=2))
    row = only(ProcessMinute)
    assert (row.minute, row.n, row.requests) == (MINUTE, 60, 60)
    assert only(ProcessHour).requests == 60


@pytest.mark.django_db(transaction=True)
def test_two_rollups_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else one that has seen fewer samples of a minute could write last: it is marked in two ways."""
    one, other = instance(service()), instance(service("search"))
    at_the_time_of(monkeypatch, 60)
    keep(process_row(one, 0, requests=1))
    at_the_time_of(monkeypatch, 7200)
    keep(process_row(other, 600, requests=1))
    midway, go_on, rolled = threading.Event(), threading.Event(), threading.Event()

    def hold(_: str) -> None:
        if not midway.is_set():
            midway.set()
            go_on.wait()

    def late() -> None:
        samples.roll_up(WHEN + timedelta(seconds=30))  # before the first minute is over
        connection.close()

    def all_of_it() -> None:
        midway.wait()
        samples.roll_up(WHEN + timedelta(hours=2))
        rolled.set()
        connection.close()

    monkeypatch.setattr(rollup, "failpoint", hold)
    threads = [threading.Thread(target=late), threading.Thread(target=all_of_it)]
    for thread in threads:
        thread.start()
    is_ahead = rolled.wait(0.3)  # long enough to go wrong, did it not wait
    go_on.set()
    for thread in threads:
        thread.join()

    assert not is_ahead
    assert ProcessMinute.objects.count() == ProcessHour.objects.count() == 2
