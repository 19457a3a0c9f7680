"""Rows laid out by columns, whether each came for itself or many together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from advisor.fleet.text import clean
from advisor.store.bundles import Bundle, form
from advisor.store.columns import GREATEST, LEAST
from advisor.store.rows import HostRow, PartRow, ProcessRow, Row
from advisor.store.tables import MICROSECONDS, Table


class Columns(NamedTuple):
    """Rows of one table, in any order.

    Attributes:
        numbers: of `Table.key_numbers` and then `at`, a line for each row.
        texts: of `Table.key_texts` of each.
        spans: seconds that the increases of each cover; 0 where unknown.
        figures: of `Table.figures`, a line for each row, as they came; NaN where nothing is known.
        blobs: its histogram, None where there is none.
    """

    numbers: NDArray[np.int64]
    texts: list[tuple[str, ...]]
    spans: NDArray[np.float64]
    figures: NDArray[np.float64]
    blobs: list[bytes | None]

    @classmethod
    def of_rows(cls, table: Table, rows: Sequence[Row]) -> Self:
        """Of rows that came each for itself."""
        numbers = [(*_ids(row), row.time_us, row.time_us + _shift(row.clock_offset)) for row in rows]
        return cls(
            np.array(numbers, np.int64).reshape(len(rows), len(table.key_numbers) + 1),
            [_texts(row) for row in rows],
            _sound(np.array([row.span for row in rows], np.float64)),
            _figures(table, rows),
            [_blob(row) for row in rows],
        )

    @classmethod
    def of_bundles(cls, table: Table, bundles: Sequence[Bundle]) -> Self:
        """Of rows that came together."""
        told = np.frombuffer(b"".join([one.records for one in bundles]), form(table.entity))
        counts, owners = [one.count for one in bundles], np.concatenate([one.owners for one in bundles])
        firsts = np.cumsum([0, *(len(one.owners) for one in bundles[:-1])])
        shifts = np.repeat([_shift(one.clock_offset) for one in bundles], counts)
        ids, times = owners[np.repeat(firsts, counts) + told["owner"]], told["time"]
        numbers = np.column_stack((ids, times, times + shifts))
        blobs = list(chain.from_iterable([one.blobs for one in bundles]))
        return cls(numbers, [()] * len(told), _sound(told["span"]), told["values"], blobs)

    def followed_by(self, other: Columns) -> Columns:
        """These rows, and then others of the same table."""
        return Columns(
            np.concatenate((self.numbers, other.numbers)),
            self.texts + other.texts,
            np.concatenate((self.spans, other.spans)),
            np.concatenate((self.figures, other.figures)),
            self.blobs + other.blobs,
        )


def _ids(row: Row) -> tuple[int, ...]:
    if isinstance(row, ProcessRow):
        return row.service_id, row.instance_id
    return (row.host_id,) if isinstance(row, HostRow) else (row.owner_id, row.instance_id)


def _texts(row: Row) -> tuple[str, ...]:
    return (row.kind.value, clean(row.name, 255)) if isinstance(row, PartRow) else ()


def _blob(row: Row) -> bytes | None:
    if isinstance(row, ProcessRow):
        return row.latency
    return row.histogram if isinstance(row, PartRow) else None


def _shift(clock_offset: float) -> int:
    """Microseconds from the sender's clock to the server's."""
    return round(clock_offset * MICROSECONDS) if math.isfinite(clock_offset) else 0


def _sound(spans: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where((spans >= LEAST) & (spans <= GREATEST), spans, 0.0)


def _figures(table: Table, rows: Sequence[Row]) -> NDArray[np.float64]:
    """All figures of the rows in their places, as they came. Most places of most rows stay empty."""
    width = len(table.figures)
    packed = [row.packed for row in rows if row.packed]
    told = np.frombuffer(bytearray().join(packed), "<f8").reshape(len(packed), width)
    if len(packed) == len(rows):
        return told
    figures, is_packed = np.empty((len(rows), width)), [bool(row.packed) for row in rows]
    figures[is_packed] = told
    figures[np.invert(is_packed)] = _placed(table, [row.values for row in rows if not row.packed])
    return figures


def _placed(table: Table, told: Sequence[dict[str, float]]) -> NDArray[np.float64]:
    width = len(table.figures)
    figures, shapes = np.full(len(told) * width, math.nan), dict[tuple[Any, ...], NDArray[np.intp]]()
    places = [np.empty(0, np.intp)]
    for one in told:  # most rows have the same columns in the same order
        names = tuple(one)
        if names not in shapes:
            shapes[names] = np.array([_places(table)[name] for name in names], np.intp)
        places.append(shapes[names])
    counts = [len(found) for found in places[1:]]
    where = np.concatenate(places) + np.repeat(np.arange(0, len(figures), width), counts)
    figures[where] = np.fromiter(chain.from_iterable([one.values() for one in told]), np.float64, len(where))
    return figures.reshape(len(told), width)


@cache
def _places(table: Table) -> dict[str, int]:
    return {name: place for place, name in enumerate(table.figures)}
