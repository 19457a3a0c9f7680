"""Reads many rows a row at a time: of an SQLite older than 3.36, which does not hand out its pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from advisor.features.runs import Whole
from advisor.features.window import Array
from advisor.store.encoded import Blobs
from advisor.store.fetch import Condition, Row, select


def rows(table: str, columns: Sequence[str], where: Condition) -> Fields:
    """Some columns of the rows of a table, in no order."""
    return Fields(select(table, columns, where))


class Fields:
    """The fields of many rows, one after the other."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows, self._place = rows, -1

    def __len__(self) -> int:
        return len(self._rows)

    def whole(self) -> Whole:
        """The next field of each row, whole numbers and none of them null."""
        return np.array(self._next(), dtype=np.int64)

    def put_in(self, order: Whole) -> None:
        """Put the rows in another order, for all fields that come."""
        self._rows = [self._rows[place] for place in order.tolist()]

    def figures(self, count: int) -> Array:
        """The next fields of each row as numbers, shape (count, rows); NaN where they are null."""
        return np.array([self._next() for _ in range(count)], dtype=np.float64).reshape(count, len(self))

    def blobs(self) -> Blobs:
        """The next field of each row as bytes, None where it is null."""
        said = [each.encode() if isinstance(each, str) else each for each in self._next()]
        return Blobs.of(said, np.array([-1 if each is None else len(each) for each in said], np.int64))

    def _next(self) -> list[Any]:
        self._place += 1
        return [row[self._place] for row in self._rows]
