"""Runs of whole numbers, many at once."""

from __future__ import annotations

from collections.abc import Sequence

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
    return places, np.arange(len(places)) + np.repeat(first - (np.cumsum(sizes) - sizes), sizes)


def consecutive(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The runs that ascending numbers are made of: the first of each, and the one after its last.

    >>> consecutive([3, 4, 5, 8])
    [(3, 6), (8, 9)]
    """
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number:
            found[-1] = found[-1][0], number + 1
        else:
            found.append((number, number + 1))
    return found
