"""Figures of many rows by numpy: rows with the same nulls have their fields at the same distances."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from advisor.features.runs import Whole
from advisor.features.window import Array

_FORMS: Final = 8
"""Sets of columns, one row after another may have each; rows of further ones are read a column at a time, which takes
as long as so many looks at all rows."""


class Fields(Protocol):
    """The fields of many rows, one after the other; where a row has nulls it is told by itself."""

    def __len__(self) -> int: ...
    def figure(self, rows: Whole) -> Array:
        """The next field of some rows as numbers; NaN where it is null."""

    def alike(self, rows: Whole, into: Array) -> NDArray[np.bool_]:
        """Read the next fields, as many as `into` has columns, of rows with the nulls of the first; says which."""


def figures(fields: Fields, count: int) -> Array:
    """The next fields of each row as numbers, shape (count, rows); NaN where they are null."""
    found = np.full((len(fields), count), np.nan, order="F")
    rest = np.arange(len(fields))
    for _ in range(_FORMS):
        if count and rest.size:
            rest = rest[~fields.alike(rest, found)]
    for place in range(count if rest.size else 0):
        found[rest, place] = fields.figure(rest)
    return found.T
