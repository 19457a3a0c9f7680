"""Runs of whole numbers, many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


def runs(first: Whole, end: Whole) -> tuple[Whole, Whole]:
    """Each number from `first` to before `end`, with the place of its run; a run that ends before it begins is empty.

    >>> [found.tolist() for found in runs(np.array([3, 7]), np.array([5, 8]))]
    [[0, 0, 1], [3, 4, 7]]
    """
    sizes = np.maximum(end - first, 0)
    places = np.repeat(np.arange(len(first)), sizes)
    return places, first[places] + np.arange(len(places)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
