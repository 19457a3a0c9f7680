"""Reads many rows of PostgreSQL at once, in its binary copy format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from advisor.features.runs import Whole
from advisor.features.window import Array
from advisor.store.fetch import Condition
from advisor.store.tables import listed

_HEAD: Final = 19
"""Bytes before the rows (PostgreSQL, "COPY": binary format): signature, flags, length of what else the head holds."""

_END: Final = 2
"""Bytes of the message after the last row."""

_FIELDS: Final = 2
"""Bytes of the number of fields, before the fields of each row."""

_LENGTH: Final = np.dtype(">i4")
"""The length before each field; it is -1 where the field is null."""

_WHOLE: Final = np.dtype([("length", _LENGTH), ("value", ">i8")])
_FIGURE: Final = np.dtype([("length", _LENGTH), ("value", ">f4")])


def rows(table: str, columns: Sequence[str], where: Condition) -> Fields:
    """Some columns of the rows of a table, in no order."""
    told = re.sub('"(minute|hour)"', r'"\1"::bigint', listed(columns))  # the only whole numbers of four bytes
    chosen = where.of(table)
    with connection.cursor() as cursor:
        # Django's cursor takes no parameters where queries are watched
        whole = cursor.mogrify(f"COPY (SELECT {told} {chosen.sql}) TO STDOUT (FORMAT BINARY)", chosen.parameters)
        with connection.wrap_database_errors, cursor.copy(whole) as copy:
            found = [memoryview(row) for row in copy]
    found[0] = found[0][
        _HEAD + int.from_bytes(found[0][_HEAD - 4 : _HEAD], "big") :
    ]  # the head comes with the first row
    return Fields([row for row in found if len(row) > _END])


class Fields:
    """The fields of many rows, one after the other. Each row has places of its own: a null takes less than others."""

    def __init__(self, rows: Sequence[memoryview]) -> None:
        ends = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
        self._data = b"".join((*rows, bytes(_WHOLE.itemsize)))  # so that a null at the end has bytes behind it
        self._places = ends[:-1] + _FIELDS

    def __len__(self) -> int:
        return len(self._places)

    def put_in(self, order: NDArray[np.intp]) -> None:
        """Change the order of the rows."""
        self._places = self._places[order]

    def whole(self) -> Whole:
        """The next field of each row, whole numbers and none of them null."""
        return self._numbers(_WHOLE).astype(np.int64)

    def figure(self) -> Array:
        """The next field of each row as numbers; NaN where it is null."""
        return self._numbers(_FIGURE)

    def bytes(self) -> list[bytes | None]:
        """The next field of each row as bytes, None where it is null."""
        begins = self._places + _LENGTH.itemsize
        lengths, data = self._next(_LENGTH), self._data
        ends = begins + lengths
        self._places = np.maximum(begins, ends)
        return [
            data[begin:end] if begin <= end else None for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
        ]

    def _numbers(self, field: np.dtype[Any]) -> NDArray[Any]:
        found = self._next(field)
        self._places = self._places + field.itemsize
        is_null = found["length"] < 0
        if is_null.any():
            found["value"][is_null] = np.nan
            self._places[is_null] -= field["value"].itemsize
        return found["value"]

    def _next(self, field: np.dtype[Any]) -> NDArray[Any]:
        everywhere = np.ndarray((len(self._data) - field.itemsize + 1,), f"V{field.itemsize}", self._data, 0, (1,))
        return everywhere[self._places].view(field)
