"""Reads many rows of numbers at once, without a Python object a number.

Windows of a thousand services are millions of figures. PostgreSQL tells them in its binary copy format; with NULLs told
as NaN each row has one width there, so the answer is an array as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from advisor.features.window import Array, Track
from advisor.store.fetch import Condition, Distributions, select
from advisor.store.tables import MICROSECONDS, Table, type_of

_HEAD: Final = 19
"""Bytes before the rows (PostgreSQL, "COPY": binary format): signature, flags, length of what else the head holds."""

_END: Final = 2

Key = tuple[int, ...]
"""What names a series of processes or hosts: the values of `Table.series`."""


def matrix(table: str, columns: Sequence[str], where: Condition) -> Array:
    """The rows of a table, in no order: numbers of shape (rows, columns), NaN where a row has none."""
    if connection.vendor == "postgresql":
        return _copied(table, columns, where)
    rows = select(table, columns, where)
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(columns))


def tracks(table: Table, numbers: Sequence[str], where: Condition, has_distributions: bool) -> dict[Key, Track]:
    """The track of each series of a table whose series are numbers."""
    series = len(table.series)
    rows = matrix(table.samples, (*table.series, "at", "time", "span", *numbers), where)
    rows = rows[np.lexsort(rows[:, series + 1 :: -1].T)] if len(rows) else rows  # by series, then by time
    blobs = _blobs(table, table.blob, where) if has_distributions and table.blob else {}
    known = ~np.isnan(rows[:, series + 3 :])
    columns = np.asfortranarray(rows)
    found = {}
    for key, start, end in _stretches(columns, series):
        times = columns[start:end, series] / MICROSECONDS
        held = np.flatnonzero(known[start:end].any(axis=0)).tolist()
        values = {numbers[index]: columns[start:end, series + 3 + index] for index in held}
        encoded = _encoded(blobs, key, columns[start:end, series + 1]) if blobs else {}
        found[key] = Track(times, columns[start:end, series + 2], values, Distributions(encoded))
    return found


def _stretches(rows: Array, series: int) -> Iterator[tuple[Key, int, int]]:
    """Each series with the first of its rows and the one after its last; rows lie by series."""
    if not len(rows):
        return
    changes = np.flatnonzero((rows[1:, :series] != rows[:-1, :series]).any(axis=1)) + 1
    starts = [0, *changes.tolist()]
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        yield tuple(int(value) for value in rows[start, :series]), start, end


def _blobs(table: Table, column: str, where: Condition) -> Mapping[Key, bytes]:
    """(series, time) -> encoded distribution."""
    is_there = where & Condition(f'"{column}" IS NOT NULL', ())
    return {row[:-1]: bytes(row[-1]) for row in select(table.samples, (*table.sample_key, column), is_there)}


def _encoded(blobs: Mapping[Key, bytes], key: Key, times: Array) -> dict[int, bytes]:
    asked = ((index, blobs.get((*key, int(time)))) for index, time in enumerate(times.tolist()))
    return {index: blob for index, blob in asked if blob is not None}


def _copied(table: str, columns: Sequence[str], where: Condition) -> Array:
    told = ", ".join(f'"{name}"' if type_of(name) == "int8" else f"COALESCE(\"{name}\", 'NaN')" for name in columns)
    sql = f"COPY (SELECT {told} FROM {table} WHERE {where.sql}) TO STDOUT (FORMAT BINARY)"  # noqa: S608  # names of our own
    with connection.cursor() as cursor:
        whole = cursor.mogrify(sql, where.parameters)  # Django's cursor takes no parameters where queries are watched
        with connection.wrap_database_errors, cursor.copy(whole) as copy:
            data = b"".join(copy)
    return _read(data, columns)


def _read(data: bytes, columns: Sequence[str]) -> Array:
    head = _HEAD + int.from_bytes(data[_HEAD - 4 : _HEAD], "big")
    row = _row_type(columns)
    rows: NDArray[Any] = np.frombuffer(data, row, (len(data) - head - _END) // row.itemsize, head)
    found = np.empty((len(rows), len(columns)), order="F")
    for place in range(len(columns)):
        found[:, place] = rows[f"value{place}"]
    return found


def _row_type(columns: Sequence[str]) -> np.dtype[Any]:
    """A row as it travels: how many fields, then the length of each and its value, all big-endian."""
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for place, name in enumerate(columns):
        fields += [(f"length{place}", ">i4"), (f"value{place}", ">i8" if type_of(name) == "int8" else ">f4")]
    return np.dtype(fields)
