"""Rows in the binary format of PostgreSQL's COPY, all of them at once.

Each field is its length in 4 bytes and its bytes, or the length -1 alone where it is null (PostgreSQL, "COPY": binary
format). Rows are laid out with room for every figure, and what is null is cut out at the end: a tenth of what the
driver takes, which is told one value after the other.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, Final

import numpy as np

from advisor.features.compiled import load
from advisor.store.columns import GREATEST, LEAST
from advisor.store.sheet import Sheet
from advisor.store.tables import Table

FIELDS: Final = np.dtype(">i2")
"""The number of fields, before the fields of each row."""

LENGTH: Final = np.dtype(">i4")
"""The length before each field; it is -1 where the field is null."""

WHOLE: Final = np.dtype([("length", LENGTH), ("value", ">i8")])
FIGURE: Final = np.dtype([("length", LENGTH), ("value", ">f4")])

_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
"""Signature, no flags, nothing else in the head."""

_END: Final = struct.pack(">h", -1)
NULL: Final = struct.pack(">i", -1)
AT_ONCE: Final = 256
"""Rows of one piece. All that is made for one is smaller than what the allocator gives back at once: memory that is new
each time takes as long to be touched as the encoding itself."""

COMPILED: Final = load("advisor.store._copy")
"""What does the same in C; None where it could not be compiled on this machine."""

_LENGTHS: Final = np.array([-1, 4], LENGTH)
"""Of a figure that is null, and of one that is known."""


def columns(table: Table) -> tuple[str, ...]:
    """The columns in the order in which `encoded` has them: whole numbers, figures, what has no fixed length."""
    loose = table.key_texts if table.blob is None else (*table.key_texts, table.blob)
    return (*table.key_numbers, "at", "span", *table.figures, *loose)


def encoded(sheet: Sheet) -> Iterator[bytes]:
    """What COPY is to read of one row or more, a piece after the other."""
    yield _HEAD
    for start in range(0, len(sheet), AT_ONCE):
        yield _rows(sheet, start, min(start + AT_ONCE, len(sheet)))
    yield _END


def _rows(sheet: Sheet, start: int, end: int) -> bytes:
    if COMPILED is None:
        return _rows_in_python(sheet, start, end)
    texts = sheet.texts if sheet.table.key_texts else None
    blobs = None if sheet.table.blob is None else sheet.blobs
    places = sheet.numbers, sheet.spans, sheet.order, sheet.told, texts, blobs
    told: bytes = COMPILED.rows(*places, (LEAST, GREATEST), start, end)
    return told


def _rows_in_python(whole: Sheet, start: int, end: int) -> bytes:
    """The same, ten times as long."""
    sheet = whole.slice(start, end)
    fixed, ends = _fixed(sheet)
    count, cut = struct.pack(">h", len(sheet.table.sample_columns)), memoryview(fixed)
    pieces: list[bytes | memoryview] = []
    for (start, end), rest in zip(pairwise(ends), _rests(sheet), strict=True):
        pieces += (count, cut[start:end], rest)
    return b"".join(pieces)


def _fixed(sheet: Sheet) -> tuple[bytes, list[int]]:
    """The fields of a fixed length of rows, and where each row begins and ends.

    They are made of words of four bytes, which are a quarter as many as bytes.
    """
    table, known = sheet.table, np.insert(sheet.is_known, 0, True, axis=1)  # the span is always known
    rows = np.empty(len(sheet), _form(table))
    rows["whole"]["length"] = 8
    rows["whole"]["value"] = sheet.numbers
    rows["figures"]["length"] = _LENGTHS.take(known)
    rows["figures"]["value"][:, 0] = sheet.spans
    rows["figures"]["value"][:, 1:] = sheet.figures
    words = rows.view(np.uint32).reshape(len(rows), -1)
    kept = np.ones(words.shape, np.bool_)
    kept[:, -2 * known.shape[1] + 1 :: 2] = known
    ends = np.cumsum(np.count_nonzero(kept, axis=1) * words.itemsize)
    return words[kept].tobytes(), [0, *ends.tolist()]


@cache
def _form(table: Table) -> np.dtype[Any]:
    whole, figures = len(table.key_numbers) + 1, len(table.figures) + 1
    return np.dtype([("whole", WHOLE, (whole,)), ("figures", FIGURE, (figures,))])


def _rests(sheet: Sheet) -> list[bytes]:
    """The fields without a fixed length, of each row."""
    blobs = [b""] * len(sheet)
    if sheet.table.blob is not None:
        blobs = [NULL if blob is None else _field(blob) for blob in sheet.blobs]
    if not sheet.table.key_texts:
        return blobs
    names = [b"".join([_field(text.encode()) for text in texts]) for texts in sheet.texts]
    return [name + blob for name, blob in zip(names, blobs, strict=True)]


def _field(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value
