"""Reads many rows at once, without a Python object a number: windows of a thousand services are millions of figures.

Each database tells them in a form of its own, which is read a column at a time, over all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from advisor.features.runs import Whole
from advisor.features.window import Array, Track
from advisor.store import binary_copy, plain_rows, record_pages
from advisor.store.encoded import NONE, Blobs, Distributions
from advisor.store.fetch import Condition, Row
from advisor.store.tables import MICROSECONDS, Table, type_of

_FORMS: Final = 8
"""Sets of columns, one row after another may have each; rows of further ones are read a column at a time, which takes
as long as so many looks at all rows."""


@dataclass(frozen=True, slots=True)
class Series:
    """The rows of one series, the oldest first.

    Attributes:
        key: the values of `Table.series`.
        times: the last of the moments asked for, as it is stored, shape (n,).
        figures: what was asked for, shape (figures, n), NaN where a row has none.
        held: the figures that any row has, by their places.
        blobs: a row's encoded distribution, None where it has none.
    """

    key: Row
    times: Whole
    figures: Array
    held: Sequence[int]
    blobs: Blobs


class _Fields(Protocol):
    """The fields of many rows, one after the other."""

    def __len__(self) -> int: ...
    def whole(self) -> Whole: ...
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
class _Block:
    """All rows, in the order of their keys. Arrays have one value a row.

    Attributes:
        names: the texts of the keys, each combination once.
        keys: the numbers of the series, and the place of its texts among `names`.
        times: the last moment.
        figures: shape (figures, rows).
        blobs: encoded distributions.
    """

    names: Sequence[Row]
    keys: Sequence[Whole]
    times: Whole
    figures: Array
    blobs: Blobs


def read(
    table: Table, source: str, moments: Sequence[str], figures: Sequence[str], blob: str | None, where: Condition
) -> Iterator[Series]:
    """The rows of each series in a table, ordered by the first moment; moments are whole numbers and never null."""
    numbers = [name for name in table.series if type_of(name) == "int8"]
    texts = [name for name in table.series if name not in numbers]
    columns = (*texts, *numbers, *moments, *figures, *([] if blob is None else [blob]))
    whole = len(numbers) + len(moments)
    pieces = _reader()(source, columns, where, lambda fields: _piece(fields, len(texts), whole, len(figures), blob))
    return _series(_block(pieces, len(numbers)))


def _reader() -> Callable[[str, Sequence[str], Condition, Callable[[_Fields], _Piece]], list[_Piece]]:
    """What reads rows of this database fastest."""
    if connection.vendor == "postgresql":
        return binary_copy.rows
    return record_pages.rows if record_pages.is_handed_out() else plain_rows.rows


def _piece(fields: _Fields, texts: int, whole: int, figures: int, blob: str | None) -> _Piece:
    """Rows of texts, whole numbers, figures and perhaps a blob."""
    said = [[text.decode() for text in fields.blobs() if text is not None] for _ in range(texts)]
    return _Piece(
        list(zip(*said, strict=True)),
        np.array([fields.whole() for _ in range(whole)]),
        _figures(fields, figures),
        NONE if blob is None else fields.blobs().cut_out(),
    )


def _block(pieces: Sequence[_Piece], numbers: int) -> _Block:
    """All rows, the first whole `numbers` of which are of their keys."""
    names, place = _named([row for piece in pieces for row in piece.texts])
    whole = np.concatenate([piece.whole for piece in pieces], axis=1)
    keys = [*whole[:numbers], *([place] if names else [])]
    order = np.lexsort((whole[numbers], *reversed(keys)))
    figures = _put_in(order, [piece.figures for piece in pieces])
    blobs = Blobs.joined([piece.blobs for piece in pieces])
    return _Block(
        names, [key[order] for key in keys], whole[-1][order], figures, blobs.put_in(order) if len(blobs) else NONE
    )


def _put_in(order: Whole, pieces: Sequence[Array]) -> Array:
    """The columns of all pieces in an order."""
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


def _series(block: _Block) -> Iterator[Series]:
    size = len(block.times)
    if not size:
        return
    is_first = np.zeros(size, np.bool_)
    is_first[0] = True
    for numbers in block.keys:
        is_first[1:] |= numbers[1:] != numbers[:-1]
    starts = np.flatnonzero(is_first)
    held = np.logical_or.reduceat(~np.isnan(block.figures), starts, axis=1).T
    figures, ends = block.figures, [*starts[1:].tolist(), size]
    keys = zip(*(numbers[starts].tolist() for numbers in block.keys), strict=True)
    for key, start, end, has in zip(keys, starts.tolist(), ends, held, strict=True):
        rows = slice(start, end)
        told = (*key[:-1], *block.names[key[-1]]) if block.names else key
        yield Series(told, block.times[rows], figures[:, rows], has.nonzero()[0].tolist(), block.blobs[rows])


def tracks(table: Table, numbers: Sequence[str], where: Condition, has_distributions: bool) -> dict[Row, Track]:
    """The track of each series of a table of samples."""
    blob = table.blob if has_distributions else None
    found = {}
    for one in read(table, table.samples, ("time", "at"), ("span", *numbers), blob, where):
        spans, *figures = one.figures
        values = {numbers[place - 1]: figures[place - 1] for place in one.held if place}
        found[one.key] = Track(one.times / MICROSECONDS, spans, values, Distributions(one.blobs))
    return found
