"""What PostgreSQL copies: it is read as its own interface tells it."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from django.db import connection

from advisor.store import binary_copy
from advisor.store.binary import COMPILED
from advisor.store.fetch import Condition, among, select
from tests.compilers import need

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

FIGURES = ("one", "two", "three", "four", "five")
COLUMNS = ("said", "counted", *FIGURES, "packed")
ALL = Condition("TRUE", ())


def fill(size: int) -> None:
    chance = random.Random(size)
    with connection.cursor() as cursor:
        columns = ", ".join(f"{name} real" for name in FIGURES)
        cursor.execute(f"CREATE TABLE odd (said text, counted int8, {columns}, packed bytea)")
        for number in range(size):
            figures = [chance.choice([None, 0.0, -1.5, float("inf"), chance.random()]) for _ in FIGURES]
            packed = chance.choice([None, b"", chance.randbytes(300)])
            row = ["GET /\u00e9"[: number % 7], (number % 9 - 4) << 58, *figures, packed]
            cursor.execute(f"INSERT INTO odd VALUES ({', '.join(['%s'] * len(row))})", row)


def bits(figures: Any) -> list[bytes]:
    return [np.float32(np.nan if each is None else each).tobytes() for each in figures]


def told(where: Condition) -> list[tuple[Any, ...]]:
    rows = select("odd", COLUMNS, where)
    return [(row[0].encode(), row[1], *bits(row[2:-1]), None if row[-1] is None else bytes(row[-1])) for row in rows]


def read(fields: binary_copy.Fields) -> list[tuple[Any, ...]]:
    said, counted = list(fields.blobs()), fields.whole().tolist()
    figures = [bits(each) for each in fields.figures(len(FIGURES))]
    return list(zip(said, counted, *figures, fields.blobs(), strict=True))


@pytest.fixture(params=["in C", "in Python"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "in Python":
        monkeypatch.setattr(binary_copy, "COMPILED", None)
    else:
        need(COMPILED)


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize("size", [0, 1, 300])
def test_everything_that_a_row_may_hold_comes_as_it_is_stored(size: int) -> None:
    fill(size)
    for where in (ALL, among("counted", [1 << 58])):
        assert read(binary_copy.rows("odd", COLUMNS, where)) == told(where)


@pytest.mark.usefixtures("_either_way")
def test_rows_come_in_the_order_that_is_asked_for() -> None:
    fill(300)
    fields, rows = binary_copy.rows("odd", COLUMNS[1:], ALL), told(ALL)
    order = np.argsort(fields.whole(), kind="stable")
    fields.put_in(order)
    figures, packed = fields.figures(len(FIGURES)), fields.blobs()
    expected = [rows[place][2:] for place in order.tolist()]
    assert list(zip(*map(bits, figures), packed, strict=True)) == expected


@pytest.mark.usefixtures("_either_way")
def test_what_is_no_figure_is_not_taken_for_one() -> None:
    fill(3)
    fields = binary_copy.rows("odd", ("counted", "one"), ALL)
    with pytest.raises(ValueError, match="something else than figures"):
        fields.figures(2)


def test_rows_with_the_same_nulls_are_read_together_and_others_left_for_later() -> None:
    fill(300)
    fields = binary_copy.rows("odd", (*FIGURES, "packed"), ALL)
    found, rest, looks = np.full((300, len(FIGURES)), np.nan, order="F"), np.arange(300), 0
    while rest.size:
        rest, looks = rest[~fields.alike(rest, found)], looks + 1
    assert looks == len({tuple(each is None for each in row[2:-1]) for row in select("odd", COLUMNS, ALL)}) > 20
    assert [(*bits(row), packed) for row, packed in zip(found, fields.blobs(), strict=True)] == [
        row[2:] for row in told(ALL)
    ]
