"""The rows of one table, by columns: what is checked, encoded and counted of all of them at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from advisor.store.bundles import Bundle
from advisor.store.columns import GREATEST, LEAST
from advisor.store.layout import Columns
from advisor.store.rows import HostRow, PartRow, ProcessRow, Row
from advisor.store.tables import HOST, MINUTE, PART, PROCESS, Table

Values = tuple[Any, ...]
"""The values of `Table.sample_columns`, in that order."""


@dataclass(frozen=True)
class Sheet:
    """Rows in the order of their keys: two writers then lock them in the same order.

    Attributes:
        table: where they belong.
        numbers: of `table.key_numbers` and then `at`, a line for each row.
        texts: of `table.key_texts` of each.
        spans: seconds that the increases of each cover; 0 where unknown.
        blobs: its histogram, None where there is none or `table.blob` is None.
        told: figures as they came, in any order; see `figures`.
        order: the place of each row in `told`, and among `loose` and what is in `bundles`.
        loose: rows that came each for itself.
        bundles: rows that came together.
    """

    table: Table
    numbers: NDArray[np.int64]
    texts: list[tuple[str, ...]]
    spans: NDArray[np.float64]
    blobs: list[bytes | None]
    told: NDArray[np.float64]
    order: NDArray[np.intp]
    loose: Sequence[Row] = ()
    bundles: Sequence[Bundle] = ()

    @classmethod
    def of_hosts(cls, rows: Sequence[HostRow], bundles: Sequence[Bundle] = ()) -> Self:
        """Snapshots of machines."""
        return cls._of(HOST, rows, bundles)

    @classmethod
    def of_processes(cls, rows: Sequence[ProcessRow], bundles: Sequence[Bundle] = ()) -> Self:
        """Snapshots of processes."""
        return cls._of(PROCESS, rows, bundles)

    @classmethod
    def of_parts(cls, rows: Sequence[PartRow]) -> Self:
        """Snapshots of parts."""
        return cls._of(PART, rows, ())

    @classmethod
    def _of(cls, table: Table, rows: Sequence[Row], bundles: Sequence[Bundle]) -> Self:
        if not bundles:
            laid = Columns.of_rows(table, rows)
        else:
            laid = Columns.of_bundles(table, bundles)
            laid = Columns.of_rows(table, rows).followed_by(laid) if rows else laid
        order = _order(table, laid)
        places, texts = order.tolist(), laid.texts if table.key_texts else []
        return cls(
            table,
            laid.numbers[order],
            [texts[place] for place in places] if texts else texts,
            laid.spans[order],
            [laid.blobs[place] for place in places],
            laid.figures,
            order,
            rows,
            bundles,
        )

    @classmethod
    def of_values(cls, table: Table, several: Sequence[Values]) -> Self:
        """What is stored, or is to be stored in its place."""
        width, end = len(table.sample_key), len(table.sample_key) + 2 + len(table.figures)
        figures = [[math.nan if value is None else value for value in values[width + 2 : end]] for values in several]
        numbers = [table.sample_key.index(name) for name in table.key_numbers] + [width]
        texts = [table.sample_key.index(name) for name in table.key_texts]
        return cls(
            table,
            np.array([[values[place] for place in numbers] for values in several], np.int64).reshape(-1, len(numbers)),
            [tuple(values[place] for place in texts) for values in several],
            np.array([values[width + 1] for values in several], np.float64),
            [values[end] if table.blob else None for values in several],
            np.array(figures, np.float64).reshape(len(several), len(table.figures)),
            np.arange(len(several)),
        )

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def keys(self) -> list[Values]:
        """The values of `table.sample_key` of each."""
        return _keys(self.table, self.numbers, self.texts)

    @property
    def moments(self) -> list[tuple[int, float]]:
        """`at` and `span` of each."""
        return list(zip(self.numbers[:, -1].tolist(), self.spans.tolist(), strict=True))

    @property
    def are_distinct(self) -> bool:
        """Whether each row has a key of its own."""
        if self.table.key_texts:
            return len(set(self.keys)) == len(self)
        keys = self.numbers[:, :-1]
        return not bool((keys[1:] == keys[:-1]).all(axis=1).any())

    @property
    def places(self) -> set[tuple[int, int]]:
        """Owner and minute (since the epoch, server time) of each row."""
        owners, minutes = self.numbers[:, 0], self.numbers[:, -1] // MINUTE
        is_new = np.ones(len(self), np.bool_)  # most rows have both of the one before
        is_new[1:] = (owners[1:] != owners[:-1]) | (minutes[1:] != minutes[:-1])
        return set(zip(owners[is_new].tolist(), minutes[is_new].tolist(), strict=True))

    @cached_property
    def figures(self) -> NDArray[np.float64]:
        """Of `table.figures`, a line for each row; NaN where nothing is known."""
        return _sound(self.told[self.order])

    @cached_property
    def is_known(self) -> NDArray[np.bool_]:
        """Where `figures` has one."""
        return ~np.isnan(self.figures)

    @property
    def rows(self) -> list[Row]:
        """Where they come from; none where they come from the table."""
        rows: list[Row] = [*self.loose, *(row for bundle in self.bundles for row in bundle.apart())]
        return [rows[place] for place in self.order.tolist()] if rows else []

    def values(self) -> Iterator[Values]:
        """Row by row, with None where nothing is known."""
        lines = zip(self.keys, self.moments, self.figures.tolist(), self.blobs, strict=True)
        for key, moment, told, blob in lines:
            figures = [None if math.isnan(value) else value for value in told]
            yield (*key, *moment, *figures, blob) if self.table.blob else (*key, *moment, *figures)

    def slice(self, start: int, end: int) -> Sheet:
        """Some of its rows, of which is not known any more where they come from."""
        some = slice(start, end)
        numbers, texts, spans, blobs = self.numbers[some], self.texts[some], self.spans[some], self.blobs[some]
        return Sheet(self.table, numbers, texts, spans, blobs, self.told, self.order[some])


def _keys(table: Table, numbers: NDArray[np.int64], texts: Sequence[tuple[str, ...]]) -> list[Values]:
    of_key: list[Sequence[Any]] = numbers[:, :-1].T.tolist()
    if not table.key_texts:
        return list(zip(*of_key, strict=True))
    columns = dict(zip(table.key_numbers, of_key, strict=True))
    columns |= dict(zip(table.key_texts, zip(*texts, strict=True), strict=bool(texts)))
    return list(zip(*(columns.get(name, ()) for name in table.sample_key), strict=True))


def _order(table: Table, laid: Columns) -> NDArray[np.intp]:
    if not table.key_texts:
        return np.lexsort(laid.numbers[:, -2::-1].T)
    keys = _keys(table, laid.numbers, laid.texts)
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.intp)


def _sound(figures: NDArray[np.float64]) -> NDArray[np.float64]:
    """The figures without what is no measurement: what is too great or no number is unknown, what is too small is 0."""
    figures[(figures < LEAST) & (figures > -LEAST)] = 0.0
    figures[(figures > GREATEST) | (figures < -GREATEST)] = math.nan
    return figures
