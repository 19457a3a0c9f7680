"""Reads many rows at once, without a Python object a number: windows of a thousand services are millions of figures.

Each database tells them in a form of its own, which is read a column at a time, over all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from django.db import connection

from advisor.features.runs import Whole
from advisor.features.window import Array, Track
from advisor.store import binary_copy, plain_rows, record_pages
from advisor.store.encoded import Blobs, Distributions
from advisor.store.fetch import Condition, Row
from advisor.store.tables import MICROSECONDS, Table, type_of


class _Fields(Protocol):
    """The fields of many rows, one after the other."""

    def __len__(self) -> int: ...
    def whole(self) -> Whole: ...
    def put_in(self, order: Whole) -> None: ...
    def figures(self, count: int) -> Array: ...
    def blobs(self) -> Blobs: ...


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of some series, one series after the other, the oldest row of each first.

    Attributes:
        keys: the values of `Table.series` of each series.
        starts: where the rows of each series begin, shape (series,).
        times: the last of the moments asked for, as it is stored, shape (n,).
        figures: what was asked for, shape (figures, n), NaN where a row has none.
        blobs: a row's encoded distribution, None where it has none.
    """

    keys: Sequence[Row]
    starts: Whole
    times: Whole
    figures: Array
    blobs: Blobs


def read(
    table: Table, source: str, moments: Sequence[str], figures: Sequence[str], blob: str | None, where: Condition
) -> Block:
    """Rows of a table by their series, ordered by the first moment; moments are whole numbers and never null."""
    numbers = [name for name in table.series if type_of(name) == "int8"]
    texts = [name for name in table.series if name not in numbers]
    fields = _reader()(source, (*texts, *numbers, *moments, *figures, *([] if blob is None else [blob])), where)
    names, place = _named([_texts(fields) for _ in texts])
    whole = np.array([fields.whole() for _ in (*numbers, *moments)])
    keys = [*whole[: len(numbers)], *([place] if texts else [])]
    order = np.lexsort((whole[len(numbers)], *reversed(keys)))
    fields.put_in(order)
    keys = [key[order] for key in keys]
    starts = _starts(keys)
    of_each = zip(*(key[starts].tolist() for key in keys), strict=True)
    return Block(
        [(*key[:-1], *names[key[-1]]) for key in of_each] if texts else list(of_each),
        starts,
        whole[-1][order],
        fields.figures(len(figures)),
        Blobs.without(len(fields)) if blob is None else fields.blobs().cut_out(),
    )


def _reader() -> Callable[[str, Sequence[str], Condition], _Fields]:
    """What reads rows of this database fastest."""
    if connection.vendor == "postgresql":
        return binary_copy.rows
    return record_pages.rows if record_pages.is_handed_out() else plain_rows.rows


def _texts(fields: _Fields) -> list[str]:
    return [text.decode() for text in fields.blobs() if text is not None]


def _starts(keys: Sequence[Whole]) -> Whole:
    """The first row of each series."""
    is_first = np.ones(len(keys[0]), np.bool_)
    is_first[1:] = np.logical_or.reduce([numbers[1:] != numbers[:-1] for numbers in keys])
    return np.flatnonzero(is_first)


def _named(texts: Sequence[Sequence[str]]) -> tuple[list[Row], Whole]:
    """Each combination of texts once, and the place of each row's among them."""
    places: dict[Row, int] = {}
    place = np.array([places.setdefault(row, len(places)) for row in zip(*texts, strict=True)], dtype=np.int64)
    return list(places), place


def tracks(table: Table, numbers: Sequence[str], where: Condition, has_distributions: bool) -> dict[Row, Track]:
    """The track of each series of a table of samples."""
    blob = table.blob if has_distributions else None
    block = read(table, table.samples, ("time", "at"), ("span", *numbers), blob, where)
    if not block.keys:
        return {}
    held = np.logical_or.reduceat(~np.isnan(block.figures[1:]), block.starts, axis=1).T
    bounds, found = [*block.starts.tolist(), len(block.times)], {}
    for key, start, end, has in zip(block.keys, bounds, bounds[1:], held, strict=False):
        spans, *figures = block.figures[:, start:end]
        values = {numbers[place]: figures[place] for place in has.nonzero()[0].tolist()}
        times = block.times[start:end] / MICROSECONDS
        found[key] = Track(times, spans, values, Distributions(block.blobs[start:end]))
    return found
