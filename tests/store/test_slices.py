"""Slices hold every row once, in order, and none is empty."""

from __future__ import annotations

import pytest

from advisor.store.slices import slices


@pytest.mark.parametrize(
    ("count", "size", "found"),
    [(0, 3, []), (1, 3, [[0]]), (3, 3, [[0, 1, 2]]), (4, 3, [[0, 1, 2], [3]]), (3, 1, [[0], [1], [2]])],
)
def test_slices(count: int, size: int, found: list[list[int]]) -> None:
    assert list(slices(list(range(count)), size)) == found
