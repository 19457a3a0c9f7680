"""Runs of whole numbers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from advisor.features.runs import consecutive, runs


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), max_size=20))
def test_each_number_of_each_run_comes_once_and_in_order(bounds: list[tuple[int, int]]) -> None:
    first, end = np.array(bounds, dtype=np.int64).reshape(-1, 2).T
    places, numbers = runs(first, end)
    expected = [(place, number) for place, (low, high) in enumerate(bounds) for number in range(low, high)]
    assert list(zip(places.tolist(), numbers.tolist(), strict=True)) == expected


@given(st.sets(st.integers(-50, 50)).map(sorted))
def test_ascending_numbers_are_runs_with_gaps_between_them(numbers: list[int]) -> None:
    found = consecutive(numbers)
    assert [number for first, end in found for number in range(first, end)] == numbers
    assert all(end < first for (_, end), (first, _) in pairwise(found))
