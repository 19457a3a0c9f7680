"""Reads many rows at once, without a Python object a number: windows of a thousand services are millions of figures.

Each database tells them in a form of its own, which is read a column at a time, over all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from advisor.features.runs import Whole
from advisor.features.window import Array, Track
from advisor.store import binary_copy, plain_rows, record_pages
from advisor.store.fetch import Condition, Distributions, Row
from advisor.store.tables import MICROSECONDS, Table, type_of


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


class _Fields(Protocol):
    """The fields of many rows, one after the other."""

    def __len__(self) -> int: ...
    def put_in(self, order: NDArray[np.intp]) -> None: ...
    def whole(self) -> Whole: ...
    def figure(self) -> Array: ...
    def bytes(self) -> list[bytes | None]: ...


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
    block = _block(_reader()(source, columns, where), *widths, len(moments), blob is not None)
    return _series(block, len(numbers), len(moments))


def _reader() -> Callable[[str, Sequence[str], Condition], _Fields]:
    """What reads rows of this database fastest."""
    if connection.vendor == "postgresql":
        return binary_copy.rows
    return record_pages.rows if record_pages.is_handed_out() else plain_rows.rows


def _block(fields: _Fields, texts: int, keys: int, figures: int, moments: int, has_blobs: bool) -> _Block:
    """Rows of texts, keys, figures and perhaps a blob."""
    said = [[text.decode() for text in fields.bytes() if text is not None] for _ in range(texts)]
    keyed = np.stack([fields.whole() for _ in range(keys)], axis=1)
    names, keyed = _named(list(zip(*said, strict=True)) if texts else [()] * len(fields), keyed, moments)
    order = np.lexsort(keyed[:, ::-1].T)
    fields.put_in(order)
    found = np.empty((len(fields), figures), order="F")
    for place in range(figures):
        found[:, place] = fields.figure()
    return _Block(names, keyed[order], found, fields.bytes() if has_blobs else ())


def _named(texts: Sequence[Row], keys: Whole, moments: int) -> tuple[list[Row], Whole]:
    """Each combination of texts once, and the keys with its place among them before the moments."""
    places: dict[Row, int] = {}
    place = np.array([places.setdefault(row, len(places)) for row in texts], dtype=np.int64)
    return list(places), np.insert(keys, keys.shape[1] - moments, place, axis=1)


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
