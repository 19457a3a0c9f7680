"""Reads many rows at once, without a Python object a number: windows of a thousand services are millions of figures.

Each database tells them in a form of its own, which is read a column at a time, over all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from advisor.features.runs import Whole
from advisor.features.window import Array, Track
from advisor.store import binary_copy, plain_rows, record_pages
from advisor.store.encoded import Blobs, Distributions
from advisor.store.fetch import Condition, Row
from advisor.store.tables import MICROSECONDS, Table, type_of

_FORMS: Final = 8
"""Sets of columns, one row after another may have each; rows of further ones are read a column at a time, which takes
as long as so many looks at all rows."""


class _Fields(Protocol):
    """The fields of many rows, one after the other."""

    def __len__(self) -> int: ...
    def whole(self) -> Whole: ...
    def put_in(self, order: Whole) -> None: ...
    def figure(self, rows: Whole) -> Array: ...
    def alike(self, rows: Whole, into: Array) -> NDArray[np.bool_]: ...
    def blobs(self) -> Blobs: ...


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some rows as they came.

    Attributes:
        texts: of their keys.
        whole: the numbers of their keys, and their moments, shape (numbers, rows).
        figures: shape (figures, rows).
        blobs: encoded distributions.
    """

    texts: Sequence[Row]
    whole: Whole
    figures: Array
    blobs: Blobs


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
    columns = (*texts, *numbers, *moments, *figures, *([] if blob is None else [blob]))
    sizes = len(texts), len(numbers), len(moments), len(figures), 0 if blob is None else 1
    pieces = _reader()(source, columns, where, lambda fields: _piece(fields, *sizes))
    return _block(pieces, len(numbers))


def _reader() -> Callable[[str, Sequence[str], Condition, Callable[[_Fields], _Piece]], list[_Piece]]:
    """What reads rows of this database fastest."""
    if connection.vendor == "postgresql":
        return binary_copy.rows
    return record_pages.rows if record_pages.is_handed_out() else plain_rows.rows


def _piece(fields: _Fields, texts: int, numbers: int, moments: int, figures: int, blobs: int) -> _Piece:
    """Rows of texts, whole numbers, figures and perhaps a blob."""
    said = [[text.decode() for text in fields.blobs() if text is not None] for _ in range(texts)]
    whole = np.array([fields.whole() for _ in range(numbers + moments)])
    if not texts:
        whole = whole[:, _put_in_order(fields, whole, numbers)]
    found = _figures(fields, figures)
    encoded = fields.blobs().cut_out() if blobs else Blobs.without(len(fields))
    return _Piece(list(zip(*said, strict=True)), whole, found, encoded)


def _put_in_order(fields: _Fields, whole: Whole, numbers: int) -> Whole:
    """Let the fields that are not read yet come in the order of the block, where all rows are of one piece."""
    order = np.lexsort((whole[numbers], *reversed(whole[:numbers])))
    fields.put_in(order)
    return order


def _block(pieces: Sequence[_Piece], numbers: int) -> Block:
    """All rows, the first whole `numbers` of which are of their keys."""
    names, place = _named([row for piece in pieces for row in piece.texts])
    whole = np.concatenate([piece.whole for piece in pieces], axis=1)
    keys = [*whole[:numbers], *([place] if names else [])]
    order = np.lexsort((whole[numbers], *reversed(keys)))
    keys = [key[order] for key in keys]
    starts = _starts(keys)
    of_each = zip(*(key[starts].tolist() for key in keys), strict=True)
    return Block(
        [(*key[:-1], *names[key[-1]]) for key in of_each] if names else list(of_each),
        starts,
        whole[-1][order],
        _put_in(order, [piece.figures for piece in pieces]),
        Blobs.joined([piece.blobs for piece in pieces]).put_in(order),
    )


def _starts(keys: Sequence[Whole]) -> Whole:
    """The first row of each series."""
    is_first = np.ones(len(keys[0]), np.bool_)
    is_first[1:] = np.logical_or.reduce([numbers[1:] != numbers[:-1] for numbers in keys])
    return np.flatnonzero(is_first)


def _put_in(order: Whole, pieces: Sequence[Array]) -> Array:
    """The columns of all pieces in an order."""
    if len(pieces) == 1 and (np.diff(order) == 1).all():
        return pieces[0]
    places, found, end = np.argsort(order), np.empty((len(pieces[0]), len(order))), 0
    for piece in pieces:
        begin, end = end, end + piece.shape[1]
        found[:, places[begin:end]] = piece
    return found


def _figures(fields: _Fields, count: int) -> Array:
    """The next fields of each row as numbers, shape (fields, rows); NaN where they are null."""
    found = np.full((len(fields), count), np.nan, order="F")
    rest = np.arange(len(fields))
    for _ in range(_FORMS):
        if count and rest.size:
            rest = rest[~fields.alike(rest, found)]
    for place in range(count if rest.size else 0):
        found[rest, place] = fields.figure(rest)
    return found.T


def _named(texts: Sequence[Row]) -> tuple[list[Row], Whole]:
    """Each combination of texts once, and the place of each row's among them."""
    places: dict[Row, int] = {}
    place = np.array([places.setdefault(row, len(places)) for row in texts], dtype=np.int64)
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
