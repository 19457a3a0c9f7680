"""What PostgreSQL copies: it is read as its own interface tells it."""

from __future__ import annotations

import random
from itertools import chain
from typing import Any

import numpy as np
import pytest
from django.db import DataError, connection, transaction

from advisor.store import binary_copy
from advisor.store.fetch import Condition, among, select

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

COLUMNS = ("said", "counted", "one", "two", "three", "packed")
ALL = Condition("TRUE", ())


def fill(size: int) -> None:
    chance = random.Random(size)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE odd (said text, counted int8, one real, two real, three real, packed bytea)")
        for number in range(size):
            figures = [chance.choice([None, 0.0, -1.5, float("inf"), chance.random()]) for _ in range(3)]
            packed = chance.choice([None, b"", chance.randbytes(300)])
            row = ["GET /\u00e9"[: number % 7], (number % 9 - 4) << 58, *figures, packed]
            cursor.execute("INSERT INTO odd VALUES (%s, %s, %s, %s, %s, %s)", row)


def bits(figures: Any) -> list[bytes]:
    return [np.float32(np.nan if each is None else each).tobytes() for each in figures]


def told(where: Condition) -> list[tuple[Any, ...]]:
    rows = select("odd", COLUMNS, where)
    return [(row[0].encode(), row[1], *bits(row[2:5]), None if row[5] is None else bytes(row[5])) for row in rows]


def read(fields: binary_copy.Fields) -> list[tuple[Any, ...]]:
    rows = np.arange(len(fields))
    said, counted = list(fields.blobs()), fields.whole().tolist()
    figures = [bits(fields.figure(rows)) for _ in range(3)]
    return list(zip(said, counted, *figures, fields.blobs(), strict=True))


@pytest.mark.parametrize("size", [0, 1, 300])
def test_everything_that_a_row_may_hold_comes_as_it_is_stored(size: int) -> None:
    fill(size)
    for where in (ALL, among("counted", [1 << 58])):
        assert list(chain(*binary_copy.rows("odd", COLUMNS, where, read))) == told(where)


def test_many_rows_come_in_pieces_and_none_is_lost_between_them() -> None:
    fill(300)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO odd SELECT odd.* FROM odd, generate_series(1, 30)")
    pieces = binary_copy.rows("odd", COLUMNS, ALL, read)
    assert (len(pieces) > 2, list(chain(*pieces))) == (True, told(ALL))


def test_what_ends_the_rows_midway_is_told_and_the_connection_stays() -> None:
    table = "(SELECT i AS counted, 1 / (90000 - i) AS one FROM generate_series(1, 100000) AS i) AS odd"
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        binary_copy.rows(table, ("counted", "one"), ALL, len)
    assert binary_copy.rows("generate_series(1, 7::int8) AS odd(counted)", ("counted",), ALL, len) == [7]


def test_who_cannot_read_a_piece_leaves_the_connection_to_others() -> None:
    def refuse(fields: binary_copy.Fields) -> None:
        raise ValueError(len(fields))

    with pytest.raises(ValueError, match=r"\d+"), transaction.atomic():
        binary_copy.rows("generate_series(1, 1000000::int8) AS odd(counted)", ("counted",), ALL, refuse)
    assert binary_copy.rows("generate_series(1, 7::int8) AS odd(counted)", ("counted",), ALL, len) == [7]


def test_rows_with_the_same_nulls_are_read_together_and_others_left_for_later() -> None:
    fill(300)
    (fields,) = binary_copy.rows("odd", ("one", "two", "three", "packed"), ALL, lambda fields: fields)
    found, rest, looks = np.full((300, 3), np.nan, order="F"), np.arange(300), 0
    while rest.size:
        rest, looks = rest[~fields.alike(rest, found)], looks + 1
    assert looks == 8, "each of three figures is null or not"
    assert [(*bits(row), packed) for row, packed in zip(found, fields.blobs(), strict=True)] == [
        row[2:] for row in told(ALL)
    ]
