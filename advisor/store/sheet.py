"""The rows of one table, by columns: what is checked, encoded and counted of all of them at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from advisor.fleet.text import clean
from advisor.store.columns import GREATEST, LEAST
from advisor.store.rows import HostRow, PartRow, ProcessRow, Row
from advisor.store.tables import HOST, MICROSECONDS, MINUTE, PART, PROCESS, Table

Values = tuple[Any, ...]
"""The values of `Table.sample_columns`, in that order."""


@dataclass(frozen=True)
class Sheet:
    """Rows in the order of their keys: two writers then lock them in the same order.

    Attributes:
        table: where they belong.
        keys: the values of `table.sample_key` of each.
        moments: `at` and `span` of each.
        figures: of `table.figures`, a line for each row; NaN where nothing is known.
        blobs: its histogram, None where there is none or `table.blob` is None.
        rows: where they come from; empty where they come from the table.
    """

    table: Table
    keys: Sequence[Values]
    moments: Sequence[tuple[int, float]]
    figures: NDArray[np.float64]
    blobs: Sequence[bytes | None]
    rows: Sequence[Row] = ()

    @classmethod
    def of_hosts(cls, rows: Sequence[HostRow]) -> Self:
        """Snapshots of machines."""
        return cls._of(HOST, [(row.host_id, row.time_us) for row in rows], rows, [None] * len(rows))

    @classmethod
    def of_processes(cls, rows: Sequence[ProcessRow]) -> Self:
        """Snapshots of processes."""
        keys = [(row.service_id, row.instance_id, row.time_us) for row in rows]
        return cls._of(PROCESS, keys, rows, [row.latency for row in rows])

    @classmethod
    def of_parts(cls, rows: Sequence[PartRow]) -> Self:
        """Snapshots of parts."""
        keys = [
            (row.owner_id, row.instance_id, row.kind.value, clean(row.name, 255), row.time_us)  # as `PART.sample_key`
            for row in rows
        ]
        return cls._of(PART, keys, rows, [row.histogram for row in rows])

    @classmethod
    def _of(cls, table: Table, keys: Sequence[Values], rows: Sequence[Row], blobs: Sequence[bytes | None]) -> Self:
        order = sorted(range(len(keys)), key=keys.__getitem__)
        placed = [rows[index] for index in order]
        figures = _sound(_figures(table, placed))
        moments = [_moment(row) for row in placed]
        return cls(table, [keys[i] for i in order], moments, figures, [blobs[i] for i in order], placed)

    @classmethod
    def of_values(cls, table: Table, several: Sequence[Values]) -> Self:
        """What is stored, or is to be stored in its place."""
        width, end = len(table.sample_key), len(table.sample_key) + 2 + len(table.figures)
        figures = [[math.nan if value is None else value for value in values[width + 2 : end]] for values in several]
        return cls(
            table,
            [values[:width] for values in several],
            [(values[width], values[width + 1]) for values in several],
            np.array(figures, np.float64).reshape(len(several), len(table.figures)),
            [values[end] if table.blob else None for values in several],
        )

    @property
    def are_distinct(self) -> bool:
        """Whether each row has a key of its own."""
        return len(set(self.keys)) == len(self.keys)

    @property
    def places(self) -> set[tuple[int, int]]:
        """Owner and minute (since the epoch, server time) of each row."""
        return {(key[0], at // MINUTE) for key, (at, _) in zip(self.keys, self.moments, strict=True)}

    @cached_property
    def is_known(self) -> NDArray[np.bool_]:
        """Where `figures` has one."""
        return ~np.isnan(self.figures)

    def values(self) -> Iterator[Values]:
        """Row by row, with None where nothing is known."""
        lines = zip(self.keys, self.moments, self.figures.tolist(), self.blobs, strict=True)
        for key, moment, told, blob in lines:
            figures = [None if math.isnan(value) else value for value in told]
            yield (*key, *moment, *figures, blob) if self.table.blob else (*key, *moment, *figures)

    def slice(self, start: int, end: int) -> Sheet:
        """Some of its rows."""
        return Sheet(
            self.table,
            self.keys[start:end],
            self.moments[start:end],
            self.figures[start:end],
            self.blobs[start:end],
            self.rows[start:end],
        )


def _moment(row: Row) -> tuple[int, float]:
    offset = row.clock_offset if math.isfinite(row.clock_offset) else 0.0
    span = row.span if LEAST <= row.span <= GREATEST else 0.0
    return row.time_us + round(offset * MICROSECONDS) if offset else row.time_us, span


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
    figures, shapes = np.full(len(told) * width, math.nan), dict[Values, NDArray[np.intp]]()
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


def _sound(figures: NDArray[np.float64]) -> NDArray[np.float64]:
    """The figures without what is no measurement: what is too great or no number is unknown, what is too small is 0."""
    figures[(figures < LEAST) & (figures > -LEAST)] = 0.0
    figures[(figures > GREATEST) | (figures < -GREATEST)] = math.nan
    return figures
