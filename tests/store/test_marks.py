"""No sample slips between a writer that has not committed and a rollup that runs beside it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from advisor.store import samples
from advisor.store.marks import due, mark, take
from advisor.store.models import ProcessMinute, RollupMark
from advisor.store.rows import Rows
from tests.fleet.builders import only
from tests.store.builders import START, WHEN, instance, keep, process_row, service

MINUTE = int(START) // 60


@pytest.mark.django_db
def test_a_mark_is_taken_once() -> None:
    with transaction.atomic():
        mark({5, 7})
        mark({7, 9})

    assert due(9, 10) == [7, 5]
    assert due(100, 2) == [9, 7]
    assert take(7)
    assert not take(7)


@pytest.mark.django_db(transaction=True)
def test_a_rollup_waits_for_a_writer_or_leaves_it_the_mark() -> None:
    one = instance(service())
    keep(process_row(one, 0, requests=1))
    written, rolled = threading.Event(), threading.Event()

    def roll_up() -> None:
        written.wait()
        samples.roll_up(WHEN + timedelta(hours=1))
        rolled.set()
        connection.close()

    beside = threading.Thread(target=roll_up)
    beside.start()
    with transaction.atomic():
        samples.write(Rows(processes=[process_row(one, 10, requests=2)]))
        written.set()
        rolled.wait(0.3)  # long enough to go wrong, were nothing held
    beside.join()

    samples.roll_up(WHEN + timedelta(hours=1))
    assert only(ProcessMinute).requests == 3
    assert not RollupMark.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_writers_of_one_minute_lose_nothing_to_rollups_beside_them() -> None:
    one = instance(service())
    writing = threading.Event()

    def write(first: int) -> None:
        for at in range(first, 60, 4):
            keep(process_row(one, at, requests=1))
        connection.close()

    def roll_up() -> None:
        while not writing.is_set():
            samples.roll_up(WHEN + timedelta(hours=1))
        connection.close()

    writers = [threading.Thread(target=write, args=(first,)) for first in range(4)]
    beside = threading.Thread(target=roll_up)
    for thread in (*writers, beside):
        thread.start()
    for thread in writers:
        thread.join()
    writing.set()
    beside.join()

    samples.roll_up(WHEN + timedelta(hours=1))
    row = only(ProcessMinute)
    assert (row.minute, row.n, row.requests) == (MINUTE, 60, 60)
