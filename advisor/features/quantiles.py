"""Quantiles of many merged distributions at once, straight from their encoded form: a chart has thousands of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from advisor.features.compiled import load
from advisor.features.histogram import Histogram
from advisor.features.runs import Whole
from advisor.features.window import Array

COMPILED: Final = load("advisor.features._merge")
"""What does the same in C, in a fiftieth of the time; None where it could not be compiled on this machine."""


def quantiles(data: bytes, begins: Whole, ends: Whole, cells: Whole, size: int, shares: Sequence[float]) -> Array:
    """The durations in seconds that some shares (0 to 1) of all observations of a cell stay at or below.

    As `Histogram.merge(...).quantile(share)` of each cell. Shape (shares, size); NaN in a cell without observations.

    Args:
        data: bytes in which distributions lie as `Histogram.encode` gives them.
        begins: where each begins, shape (distributions,).
        ends: where each ends, likewise.
        cells: the cell of each, likewise, 0 to `size` - 1.
        size: how many cells there are.
        shares: which quantiles.

    Raises:
        ValueError: bytes that are cut off, or of a version that this code does not know.
    """
    if COMPILED is None:
        return _in_python(data, begins, ends, cells, size, shares)
    found = np.empty((len(shares), size))
    COMPILED.quantiles(data, begins, ends, cells, np.array(shares, np.float64), found)
    return found


def _in_python(data: bytes, begins: Whole, ends: Whole, cells: Whole, size: int, shares: Sequence[float]) -> Array:
    fallen: list[list[Histogram]] = [[] for _ in range(size)]
    for begin, end, cell in zip(begins.tolist(), ends.tolist(), cells.tolist(), strict=True):
        fallen[cell].append(Histogram.decode(data[begin:end]))
    merged = [Histogram.merge(*some) for some in fallen]
    return np.array([[one.quantile(share) for one in merged] for share in shares]).reshape(len(shares), size)
