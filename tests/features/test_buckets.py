"""buckets: positions on the exponential scale."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.features.buckets import MAX_SCALE, edge, filled, index_of, shift, spread


@settings(deadline=None)
@given(st.floats(1e-9, 1e9))
def test_a_duration_lies_in_its_bucket(seconds: float) -> None:
    index = index_of(seconds)
    assert edge(index, MAX_SCALE) <= seconds * (1 + 1e-9)
    assert seconds <= edge(index + 1, MAX_SCALE) * (1 + 1e-9)


@settings(deadline=None)
@given(st.integers(-2000, 2000), st.integers(0, 3))
def test_a_coarser_bucket_holds_the_finer_one(index: int, down: int) -> None:
    coarse = shift(index, 3, 3 - down)
    assert edge(coarse, 3 - down) <= edge(index, 3)
    assert edge(index + 1, 3) <= edge(coarse + 1, 3 - down)


def test_edges_stay_within_what_a_float_holds() -> None:
    assert 0 < edge(-(10**9), 3) < edge(10**9, 3) < float("inf")


@settings(deadline=None)
@given(st.floats(1e-4, 1), st.floats(1.01, 100), st.integers(1, 500))
def test_spreading_gives_out_exactly_the_count(low: float, ratio: float, count: int) -> None:
    cells: dict[int, int] = {}
    spread(cells, low, low * ratio, count)
    assert sum(cells.values()) == count
    assert min(cells) >= index_of(low)
    assert max(cells) == index_of(low * ratio)
    assert cells[max(cells)] >= 1


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(None, None, [(0.1, 0.2, 3), (0.2, float("inf"), 1)]), (0.15, 0.5, [(0.15, 0.2, 3), (0.2, 0.5, 1)])],
)
def test_extremes_tighten_the_outer_buckets(
    low: float | None, high: float | None, expected: list[tuple[float, float, int]]
) -> None:
    assert list(filled([0.1, 0.2], [0, 3, 1], low, high)) == expected
