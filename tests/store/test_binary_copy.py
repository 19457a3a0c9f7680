"""What PostgreSQL copies: it is read as its own interface tells it."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from django.db import connection

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


@pytest.mark.parametrize("size", [0, 1, 300])
def test_everything_that_a_row_may_hold_comes_as_it_is_stored(size: int) -> None:
    fill(size)
    for where in (ALL, among("counted", [1 << 58])):
        fields = binary_copy.rows("odd", COLUMNS, where)
        rows = np.arange(len(fields))
        said, counted = list(fields.blobs()), fields.whole().tolist()
        figures = [bits(fields.figure(rows)) for _ in range(3)]
        assert list(zip(said, counted, *figures, fields.blobs(), strict=True)) == told(where)


def test_rows_with_the_same_nulls_are_read_together_and_others_left_for_later() -> None:
    fill(300)
    fields = binary_copy.rows("odd", ("one", "two", "three", "packed"), ALL)
    found, rest, looks = np.full((300, 3), np.nan, order="F"), np.arange(300), 0
    while rest.size:
        rest, looks = rest[~fields.alike(rest, found)], looks + 1
    assert looks == 8, "each of three figures is null or not"
    assert [(*bits(row), packed) for row, packed in zip(found, fields.blobs(), strict=True)] == [
        row[2:] for row in told(ALL)
    ]
