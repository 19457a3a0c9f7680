"""Reads many rows of PostgreSQL at once, in its binary copy format."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from advisor.features.runs import Whole, consecutive
from advisor.features.window import Array
from advisor.store import forms
from advisor.store.binary import COMPILED, FIELDS, FIGURE, LENGTH, NULL, WHOLE
from advisor.store.copied import copied
from advisor.store.encoded import Blobs
from advisor.store.fetch import Condition
from advisor.store.tables import listed

_WORD: Final = 4
"""Bytes of a length, and of a figure: fields of figures are one or two words."""

_KNOWN: Final = struct.pack(">i", _WORD)
"""The length before a figure that is known."""

_OTHERS: Final = "rows hold something else than figures"


def rows(table: str, columns: Sequence[str], where: Condition) -> Fields:
    """Some columns of the rows of a table, in no order."""
    told = re.sub('"(minute|hour)"', r'"\1"::bigint', listed(columns))  # the only whole numbers of four bytes
    chosen = where.of(table)
    with connection.cursor() as cursor:
        # Django's cursor takes no parameters where queries are watched
        whole = cursor.mogrify(f"COPY (SELECT {told} {chosen.sql}) TO STDOUT (FORMAT BINARY)", chosen.parameters)
        with connection.wrap_database_errors, cursor.copy(whole) as copy:
            return Fields(*copied(copy))


class Fields:
    """The fields of many rows, one after the other. Each row has places of its own: a null takes less than others."""

    def __init__(self, rows: bytes, sizes: Whole) -> None:
        self._data = rows
        self._places = np.cumsum(sizes) - sizes + FIELDS.itemsize

    def __len__(self) -> int:
        return len(self._places)

    def whole(self) -> Whole:
        """The next field of each row, whole numbers and none of them null."""
        found = self._at(self._places, WHOLE)["value"].astype(np.int64)
        self._places = self._places + WHOLE.itemsize
        return found

    def put_in(self, order: Whole) -> None:
        """Put the rows in another order, for all fields that come."""
        self._places = self._places[order]

    def figures(self, count: int) -> Array:
        """The next fields of each row as numbers, shape (count, rows); NaN where they are null.

        Raises:
            ValueError: they are no figures.
        """
        if COMPILED is None:
            return forms.figures(self, count)
        found = np.empty((count, len(self)))
        COMPILED.figures(self._data, self._places, found)
        return found

    def figure(self, rows: Whole) -> Array:
        """The next field of some rows as numbers; NaN where it is null."""
        places = self._places[rows]
        found = self._at(places, FIGURE)
        is_null = found["length"] < 0
        if (found["length"][~is_null] != _WORD).any():
            raise ValueError(_OTHERS)
        self._places[rows] = places + np.where(is_null, LENGTH.itemsize, FIGURE.itemsize)
        return np.where(is_null, np.nan, found["value"].astype(np.float64))

    def alike(self, rows: Whole, into: Array) -> NDArray[np.bool_]:
        """Read the next fields, as many as `into` has columns, of rows with the nulls of the first; says which.

        Such rows have their fields at the same distances: one look at each finds all.
        """
        held, lengths, size = self._form(int(self._places[rows[0]]), into.shape[1])
        places = self._places[rows]
        is_inside = places + size <= len(self._data)
        words = self._at(np.where(is_inside, places, 0), np.dtype(f"V{size}")).view(">i4").reshape(len(rows), -1)
        is_alike: NDArray[np.bool_] = (words[:, lengths] == words[0, lengths]).all(axis=1) & is_inside
        found = (words if is_alike.all() else words[is_alike]).view(">f4")
        chosen = slice(None) if len(found) == len(into) else rows[is_alike]
        for first, end in consecutive(held):
            word = lengths[first] + 1
            into[chosen, first:end] = found[:, word : word + 2 * (end - first) : 2]
        self._places[chosen] += size
        return is_alike

    def _form(self, place: int, count: int) -> tuple[list[int], list[int], int]:
        """Of a row: which of its next fields are not null, where the lengths of all lie, in words; their bytes."""
        held, lengths, word = [], [], 0
        for field in range(count):
            lengths.append(word)
            begin = place + word * _WORD
            word += 1
            length = self._data[begin : begin + _WORD]
            if length not in (NULL, _KNOWN):
                raise ValueError(_OTHERS)
            if length != NULL:
                held.append(field)
                word += 1
        return held, lengths, word * _WORD

    def blobs(self) -> Blobs:
        """The next field of each row as bytes, None where it is null."""
        begins = self._places + LENGTH.itemsize
        ends = begins + self._at(self._places, LENGTH)
        self._places = np.maximum(begins, ends)
        return Blobs(self._data, begins, ends)

    def _at(self, places: Whole, field: np.dtype[Any]) -> NDArray[Any]:
        everywhere = np.ndarray((len(self._data) - field.itemsize + 1,), f"V{field.itemsize}", self._data, 0, (1,))
        return everywhere[places].view(field)
