"""Reads many rows a row at a time: of an SQLite older than 3.36, which does not hand out its pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advisor.features.runs import Whole
from advisor.features.window import Array
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

    def put_in(self, order: NDArray[np.intp]) -> None:
        """Change the order of the rows."""
        self._rows = [self._rows[place] for place in order.tolist()]

    def whole(self) -> Whole:
        """The next field of each row, whole numbers and none of them null."""
        return np.array(self._next(), dtype=np.int64)

    def figure(self) -> Array:
        """The next field of each row as numbers; NaN where it is null."""
        return np.array(self._next(), dtype=np.float64)

    def bytes(self) -> list[bytes | None]:
        """The next field of each row as bytes, None where it is null."""
        return [said.encode() if isinstance(said, str) else said for said in self._next()]

    def _next(self) -> list[Any]:
        self._place += 1
        return [row[self._place] for row in self._rows]
