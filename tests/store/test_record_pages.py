"""What SQLite lays into pages: it is read as SQLite itself tells it, whatever lies there."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction

from advisor.store import blocks, plain_rows, record_pages
from advisor.store.fetch import Condition, among, select
from advisor.store.tables import PROCESS
from tests.store.builders import instance, keep, process_row, service

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

COLUMNS = ("said", "counted", "whole", "figure", "packed")
ALL = Condition("TRUE", ())
WIDTHS = [0, 1, 7, 8, 15, 16, 23, 24, 31, 32, 47, 48, 62]
"""Bits at which whole numbers begin to take more bytes."""


def whole(chance: random.Random) -> int:
    return chance.choice([-1, 1]) * ((1 << chance.choice(WIDTHS)) - chance.choice([0, 1]))


def figure(chance: random.Random) -> float | None:
    return chance.choice([None, 0.0, -0.0, 1.0, 3.0, 1e300, float("inf"), chance.random(), float(whole(chance))])


def packed(chance: random.Random) -> bytes | None:
    return chance.choice([None, b"", chance.randbytes(chance.choice([1, 57, 58, 200, 9_000]))])


def fill(rows: Sequence[Sequence[Any]], into: str = "odd") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {into} (said TEXT, counted INT, whole BIGINT, figure REAL, packed BLOB)")
        cursor.executemany(f"INSERT INTO {into} VALUES (%s, %s, %s, %s, %s)", rows)


def read(where: Condition = ALL, by: ModuleType = record_pages) -> list[tuple[Any, ...]]:
    """The rows as pages tell them; figures by their bits, since no figure equals none, and zero has two."""
    fields = by.rows("odd", COLUMNS, where)
    said, counted, large = list(fields.blobs()), fields.whole().tolist(), fields.whole().tolist()
    return list(zip(said, counted, large, bits(fields.figures(1)[0]), fields.blobs(), strict=True))


def bits(figures: Any) -> list[bytes]:
    return [np.float64(np.nan if each is None else each).tobytes() for each in figures]


def told(where: Condition = ALL) -> list[tuple[Any, ...]]:
    """The rows as SQLite's own interface tells them."""
    rows = select("odd", COLUMNS, where)
    return [(row[0].encode(), row[1], row[2], *bits([row[3]]), row[4]) for row in rows]


def test_everything_that_a_row_may_hold_comes_as_it_is_stored() -> None:
    chance = random.Random(1)
    texts = ["", "GET /\u00e9", "x" * 57, "x" * 58, "x" * 255]
    rows = [(chance.choice(texts), whole(chance), whole(chance), figure(chance), packed(chance)) for _ in range(6_000)]
    fill(rows)
    assert read() == read(by=plain_rows) == told()
    some = among("counted", [1])
    assert read(some) == read(some, plain_rows) == told(some) != []


def test_rows_with_the_same_nulls_are_read_together_and_others_left_for_later() -> None:
    chance = random.Random(2)
    figures = [[chance.choice([None, 0.5, 3.0]) for _ in range(2)] for _ in range(300)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE odd (one REAL, two REAL, packed BLOB)")
        cursor.executemany("INSERT INTO odd VALUES (%s, %s, x'07')", figures)
    fields = record_pages.rows("odd", ("one", "two", "packed"), ALL)
    found, rest, looks = np.full((300, 2), np.nan, order="F"), np.arange(300), 0
    while rest.size:
        rest, looks = rest[~fields.alike(rest, found)], looks + 1
    assert looks == 4, "each of two figures is null or not"
    assert [bits(row) for row in found] == [bits(row) for row in figures]
    assert set(fields.blobs()) == {b"\x07"}


def test_no_rows_are_no_fields() -> None:
    fill([])
    assert (read(), len(record_pages.rows("odd", COLUMNS, ALL))) == ([], 0)


def test_a_row_beyond_a_page_is_an_error_and_the_next_read_is_none_the_worse() -> None:
    fill([("a", 1, 1, 1.0, bytes(70_000)), ("b", 2, 2, 2.0, bytes(65_000))])
    with pytest.raises(ValueError, match=r"a row of 700.. bytes is longer than a page"):
        read()
    assert [row[1] for row in read(among("counted", [2]))] == [2]


def pages() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA picked.page_count")
        return int(cursor.fetchone()[0])


def test_a_transaction_that_is_undone_takes_nothing_from_the_next_read() -> None:
    fill([("a", 1, 1, 1.0, None)])
    with transaction.atomic():
        assert len(read()) == 1
        transaction.set_rollback(True)
    assert len(read()) == 1


@pytest.mark.django_db(transaction=True)
def test_reading_waits_for_no_writer_and_gives_its_memory_back() -> None:
    fill([("a", 1, 1, 1.0, bytes(9_000))] * 500)
    has_begun, is_read = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO odd (counted) VALUES (2)")
            has_begun.set()
            is_read.wait(30)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert has_begun.wait(30)
        assert [row[1] for row in read()] == [1] * 500
    finally:
        is_read.set()
        writer.join()
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE odd")
    assert pages() < 10


def test_what_goes_from_memory_is_not_filled_with_zeros() -> None:
    fill([("text", 1, 2, 3.0, b"x")])
    read()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA picked.secure_delete")
        assert cursor.fetchone() == (0,)


def test_an_older_sqlite_is_read_a_row_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    one = instance(service())
    keep(process_row(one, 0, b"x", requests=2), process_row(one, 10, threads=3))
    found = []
    for is_new in (True, False):
        monkeypatch.setattr(record_pages, "is_handed_out", lambda is_new=is_new: is_new)
        block = blocks.read(PROCESS, PROCESS.samples, ("at",), ("requests", "threads"), "latency", ALL)
        found.append((block.keys, block.times.tolist(), [bits(some) for some in block.figures], list(block.blobs)))
    assert found[0] == found[1]
