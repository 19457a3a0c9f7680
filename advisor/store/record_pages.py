"""Reads many rows of SQLite at once, from pages of its own format.

Its interface gives a figure at a time, each behind a lock and as an object of Python: 70 ns, three quarters of what
loading windows took. So it lays the rows into a table in memory, which takes it a third of that, and the pages of this
table are read here, a column at a time over all rows. Their format is documented and fixed
(https://sqlite.org/fileformat2.html, "B-tree pages" and "Record format").
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from advisor.features.runs import Whole, consecutive
from advisor.features.window import Array
from advisor.store import forms
from advisor.store.encoded import Blobs
from advisor.store.fetch import Condition
from advisor.store.tables import listed

_SCHEMA: Final = "picked"
"""The database in memory, one a connection."""

_PAGE: Final = 65_536
"""Bytes of a page, the most that there may be: no row of ours is longer, and rows that are go on elsewhere."""

_OWN: Final = 35
"""Bytes of a page that a record leaves free if it lies in one page."""

_LEAF: Final = 13
"""The first byte of a page that holds rows; others hold the numbers of pages."""

_WIDTHS: Final = np.array([0, 1, 2, 3, 4, 6, 8, 8, 0, 0], np.int64)
"""Bytes of a value by its type: null, whole numbers, a double, and the numbers 0 and 1 themselves."""

_NULL, _DOUBLE, _ONE, _BYTES = 0, 7, 9, 12
"""Types of values; a value of n bytes is of type 12 + 2n, one of text of one more."""


def is_handed_out() -> bool:
    """Whether SQLite gives its pages away: from version 3.36 on."""
    return hasattr(sqlite3.Connection, "serialize")


def rows(table: str, columns: Sequence[str], where: Condition) -> Fields:
    """Some columns of the rows of a table, in no order.

    Raises:
        ValueError: a row is longer than 65,500 bytes.
    """
    connection.ensure_connection()
    raw, chosen = connection.connection, where.of(table)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        target = _target(raw, len(columns))
        try:
            cursor.execute(f"INSERT INTO {_SCHEMA}.{target} SELECT {listed(columns)} {chosen.sql}", chosen.parameters)
            pages = raw.serialize(name=_SCHEMA)
            ((root,),) = raw.execute(f"SELECT rootpage FROM {_SCHEMA}.sqlite_master WHERE name = ?", (target,))  # noqa: S608
        finally:
            raw.execute(f"DELETE FROM {_SCHEMA}.{target}")  # noqa: S608  # names of our own
    return Fields(pages, _records(pages, root))


def _target(raw: Any, width: int) -> str:
    """An empty table of so many columns. They have no type, so that a double stays one if it is a whole number."""
    if _SCHEMA not in {name for _, name, _ in raw.execute("PRAGMA database_list")}:
        raw.execute(f"ATTACH ':memory:' AS {_SCHEMA}")
        raw.execute(f"PRAGMA {_SCHEMA}.page_size = {_PAGE}")
        raw.execute(f"PRAGMA {_SCHEMA}.secure_delete = OFF")  # some builds fill what goes with zeros, a tenth of a look
        raw.execute(f"PRAGMA {_SCHEMA}.auto_vacuum = FULL")  # what one read took the next one need not carry
    name = f"of_{width}"
    raw.execute(f"CREATE TABLE IF NOT EXISTS {_SCHEMA}.{name} ({listed(map(str, range(width)))})")
    return name


def _records(pages: bytes, root: int) -> Whole:
    """Where the record of each row of a table begins."""
    data = np.frombuffer(pages, np.uint8)
    sizes, begins = _varints(data, np.concatenate(list(_cells(pages, root))))
    if (sizes > _PAGE - _OWN).any():
        raise ValueError(f"a row of {sizes.max()} bytes is longer than a page")
    return _varints(data, begins)[1]


def _cells(pages: bytes, page: int) -> Iterator[Whole]:
    """Where the rows of each leaf begin, from a page of the tree on."""
    begin = (page - 1) * _PAGE
    is_leaf, count = pages[begin] == _LEAF, int.from_bytes(pages[begin + 3 : begin + 5], "big")
    places = begin + np.frombuffer(pages, ">u2", count, begin + (8 if is_leaf else 12)).astype(np.int64)
    if is_leaf:
        yield places
        return
    for place in (*places.tolist(), begin + 8):
        yield from _cells(pages, int.from_bytes(pages[place : place + 4], "big"))


def _varints(data: NDArray[np.uint8], places: Whole) -> tuple[Whole, Whole]:
    """The integer of variable length at each place, and the place behind it."""
    values, is_open = np.zeros(len(places), np.int64), np.ones(len(places), np.bool_)
    while is_open.any():
        said = data[places]
        values = np.where(is_open, values << 7 | said & 0x7F, values)
        places = places + is_open
        is_open &= said > 0x7F
    return values, places


class Fields:
    """The fields of many rows, one after the other. Each row has places of its own: a null takes less than others."""

    def __init__(self, pages: bytes, records: Whole) -> None:
        self._data, self._bytes = pages, np.frombuffer(pages, np.uint8)
        sizes, self._types = _varints(self._bytes, records)
        self._places = records + sizes

    def __len__(self) -> int:
        return len(self._places)

    def whole(self) -> Whole:
        """The next field of each row, whole numbers and none of them null."""
        types = self._next(slice(None))
        found = self._integers(types, self._places)
        self._places = self._places + _WIDTHS[types]
        return found

    def put_in(self, order: Whole) -> None:
        """Put the rows in another order, for all fields that come."""
        self._places, self._types = self._places[order], self._types[order]

    def figures(self, count: int) -> Array:
        """The next fields of each row as numbers, shape (count, rows); NaN where they are null."""
        return forms.figures(self, count)

    def figure(self, rows: Whole) -> Array:
        """The next field of some rows as numbers; NaN where it is null."""
        types, places = self._next(rows), self._places[rows]
        inside = np.minimum(places, len(self._bytes) - 8)  # behind a null at the end there is nothing
        found = np.where(types == _DOUBLE, self._eight(inside, ">f8"), self._integers(types, places))
        self._places[rows] = places + _WIDTHS[types]
        return np.where(types == _NULL, np.nan, found)

    def alike(self, rows: Whole, into: Array) -> NDArray[np.bool_]:
        """Read the next fields, as many as `into` has columns, of rows with the nulls of the first; says which.

        Such rows have their fields at the same distances: one look at each finds all.
        """
        count = into.shape[1]
        types = self._at(self._types[rows], count)
        is_alike: NDArray[np.bool_] = (types == types[0]).all(axis=1) & np.isin(types[0], (_NULL, _DOUBLE)).all()
        held = np.flatnonzero(types[0]).tolist()
        chosen = slice(None) if is_alike.sum() == len(into) else rows[is_alike]
        found = self._at(self._places[chosen], 8 * len(held)).view(">f8") if held else into[:0]
        place = 0
        for first, end in consecutive(held):
            into[chosen, first:end] = found[:, place : place + end - first]
            place += end - first
        self._types[chosen] += count
        self._places[chosen] += 8 * len(held)
        return is_alike

    def blobs(self) -> Blobs:
        """The next field of each row as bytes, None where it is null."""
        types, self._types = _varints(self._bytes, self._types)
        begins = self._places
        self._places = begins + np.maximum(types - _BYTES, 0) // 2
        return Blobs(self._data, begins, np.where(types < _BYTES, -1, self._places))

    def _next(self, rows: Whole | slice) -> NDArray[np.uint8]:
        """The type of the next field, of one byte: it is a number."""
        types = self._bytes[self._types[rows]]
        self._types[rows] += 1
        return types

    def _integers(self, types: NDArray[np.uint8], places: Whole) -> Whole:
        """The field as whole numbers, where it is one."""
        widths = _WIDTHS[types]
        unused = 64 - 8 * widths
        found = self._eight(places + widths - 8, ">i8").astype(np.int64) << unused >> unused
        return np.where(widths > 0, found, types == _ONE)

    def _eight(self, places: Whole, form: str) -> NDArray[Any]:
        """Eight bytes from each place on."""
        return self._at(places, 8).view(form)[:, 0]

    def _at(self, places: Whole, size: int) -> NDArray[np.uint8]:
        """So many bytes from each place on, shape (places, size)."""
        everywhere = np.ndarray((len(self._bytes) - size + 1,), f"V{size}", self._data, 0, (1,))
        return everywhere[places].view(np.uint8).reshape(len(places), size)
