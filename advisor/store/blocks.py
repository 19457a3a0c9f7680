"""Reads many rows at once, without a Python object a number.

Windows of a thousand services are millions of figures. PostgreSQL tells them in its binary copy format, which is read
here a column at a time, over all rows; SQLite has nothing like it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from advisor.features.runs import Whole
from advisor.features.window import Array, Track
from advisor.store.binary import FIELDS, FIGURE, LENGTH, WHOLE
from advisor.store.fetch import Condition, Distributions, Row, select
from advisor.store.tables import MICROSECONDS, Table, listed, type_of

_HEAD: Final = 19
"""Bytes before the rows (PostgreSQL, "COPY": binary format): signature, flags, length of what else the head holds."""

_END: Final = 2
"""Bytes of the message after the last row."""


@dataclass(frozen=True, slots=True)
class Series:
    """The rows of one series, the oldest first.

    Attributes:
        key: the values of `Table.series`.
        times: the last of the moments asked for, as it is stored, shape (n,).
        figures: one array of shape (n,) a column, NaN where a row has none.
        held: the figures that any row has.
        blobs: a row's encoded distribution, None where it has none.
    """

    key: Row
    times: Whole
    figures: Sequence[Array]
    held: Sequence[int]
    blobs: Sequence[bytes | None]


@dataclass(frozen=True, slots=True)
class _Block:
    """All rows, in the order of their keys.

    Attributes:
        names: the texts of the keys, each combination once.
        keys: the numbers of the series, the place of its texts among `names`, the moments; shape (rows, keys).
        figures: numbers, shape (rows, figures), stored by column.
        blobs: encoded distributions.
    """

    names: Sequence[Row]
    keys: Whole
    figures: Array
    blobs: Sequence[bytes | None]


def read(
    table: Table, source: str, moments: Sequence[str], figures: Sequence[str], blob: str | None, where: Condition
) -> Iterator[Series]:
    """The rows of each series in a table, ordered by moments, which are whole numbers and never null."""
    numbers = [name for name in table.series if type_of(name) == "int8"]
    texts = [name for name in table.series if name not in numbers]
    columns = (*texts, *numbers, *moments, *figures, *([] if blob is None else [blob]))
    widths = (len(texts), len(numbers) + len(moments), len(figures))
    if connection.vendor == "postgresql":
        block = _parsed(_copied(source, columns, where), *widths, len(moments), blob is not None)
    else:
        block = _gathered(select(source, columns, where), *widths, len(moments), blob is not None)
    return _series(block, len(numbers), len(moments))


def _series(block: _Block, numbers: int, moments: int) -> Iterator[Series]:
    keys = block.keys[:, : numbers + 1]
    if not len(keys):
        return
    starts = np.flatnonzero(np.r_[True, (keys[1:] != keys[:-1]).any(axis=1)])
    held = np.logical_or.reduceat(~np.isnan(block.figures), starts, axis=0)
    times, columns = block.keys[:, -1], list(block.figures.T)
    ends = [*starts[1:].tolist(), len(keys)]
    for (*key, name), start, end, has in zip(keys[starts].tolist(), starts.tolist(), ends, held, strict=True):
        yield Series(
            (*key, *block.names[name]),
            times[start:end],
            [column[start:end] for column in columns],
            np.flatnonzero(has).tolist(),
            block.blobs[start:end],
        )


def tracks(table: Table, numbers: Sequence[str], where: Condition, has_distributions: bool) -> dict[Row, Track]:
    """The track of each series of a table of samples."""
    blob = table.blob if has_distributions else None
    found = {}
    for one in read(table, table.samples, ("time", "at"), ("span", *numbers), blob, where):
        values = {numbers[place - 1]: one.figures[place] for place in one.held if place}
        encoded = {place: blob for place, blob in enumerate(one.blobs) if blob is not None}
        found[one.key] = Track(one.times / MICROSECONDS, one.figures[0], values, Distributions(encoded))
    return found


def _named(texts: Sequence[Row], keys: Whole, moments: int) -> tuple[list[Row], Whole]:
    """Each combination of texts once, and the keys with its place among them before the moments."""
    places: dict[Row, int] = {}
    place = np.array([places.setdefault(row, len(places)) for row in texts], dtype=np.int64)
    return list(places), np.insert(keys, keys.shape[1] - moments, place, axis=1)


def _order(keys: Whole) -> Whole:
    return np.lexsort(keys[:, ::-1].T)


def _gathered(rows: Sequence[Row], texts: int, keys: int, figures: int, moments: int, has_blobs: bool) -> _Block:
    """Rows of texts, keys, figures and perhaps a blob, as SQLite gives them."""
    width = texts + keys + figures
    numbers = np.array([row[texts:width] for row in rows], dtype=np.float64).reshape(len(rows), keys + figures)
    names, keyed = _named([row[:texts] for row in rows], numbers[:, :keys].astype(np.int64), moments)
    order = _order(keyed)
    blobs = [rows[place][width] for place in order.tolist()] if has_blobs else ()
    return _Block(names, keyed[order], np.asfortranarray(numbers[order, keys:]), blobs)


def _copied(table: str, columns: Sequence[str], where: Condition) -> list[memoryview]:
    """The rows as they travel."""
    told = re.sub('"(minute|hour)"', r'"\1"::bigint', listed(columns))  # the only whole numbers of four bytes
    sql = f"COPY (SELECT {told} FROM {table} WHERE {where.sql}) TO STDOUT (FORMAT BINARY)"  # noqa: S608  # names of our own
    with connection.cursor() as cursor:
        whole = cursor.mogrify(sql, where.parameters)  # Django's cursor takes no parameters where queries are watched
        with connection.wrap_database_errors, cursor.copy(whole) as copy:
            rows = [memoryview(row) for row in copy]
    rows[0] = rows[0][_HEAD + int.from_bytes(rows[0][_HEAD - 4 : _HEAD], "big") :]  # the head comes with the first row
    return [row for row in rows if len(row) > _END]


def _parsed(rows: Sequence[memoryview], texts: int, keys: int, figures: int, moments: int, has_blobs: bool) -> _Block:
    """Rows of texts, keys, figures and perhaps a blob, as PostgreSQL gives them."""
    fields = _Fields(rows)
    said = [[text.decode() for text in fields.bytes() if text is not None] for _ in range(texts)]
    keyed = np.stack([fields.numbers(WHOLE) for _ in range(keys)], axis=1).astype(np.int64)
    names, keyed = _named(list(zip(*said, strict=True)) if texts else [()] * len(rows), keyed, moments)
    order = _order(keyed)
    fields.put_in(order)
    found = np.empty((len(rows), figures), order="F")
    for place in range(figures):
        found[:, place] = fields.numbers(FIGURE)
    return _Block(names, keyed[order], found, fields.bytes() if has_blobs else ())


class _Fields:
    """The fields of many rows, one after the other. Each row has places of its own: a null takes less than others."""

    def __init__(self, rows: Sequence[memoryview]) -> None:
        ends = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
        self._data = b"".join((*rows, bytes(WHOLE.itemsize)))  # so that a null at the end has bytes behind it
        self._places = ends[:-1] + FIELDS.itemsize

    def put_in(self, order: NDArray[np.intp]) -> None:
        """Change the order of the rows."""
        self._places = self._places[order]

    def numbers(self, field: np.dtype[Any]) -> NDArray[Any]:
        """The next field of each row as numbers; NaN where it is null."""
        found = self._next(field)
        self._places = self._places + field.itemsize
        is_null = found["length"] < 0
        if is_null.any():
            found["value"][is_null] = np.nan
            self._places[is_null] -= field["value"].itemsize
        return found["value"]

    def bytes(self) -> list[bytes | None]:
        """The next field of each row as bytes, None where it is null."""
        begins = self._places + LENGTH.itemsize
        lengths, data = self._next(LENGTH), self._data
        ends = begins + lengths
        self._places = np.maximum(begins, ends)
        return [
            data[begin:end] if begin <= end else None for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
        ]

    def _next(self, field: np.dtype[Any]) -> NDArray[Any]:
        everywhere = np.ndarray((len(self._data) - field.itemsize + 1,), f"V{field.itemsize}", self._data, 0, (1,))
        return everywhere[self._places].view(field)
