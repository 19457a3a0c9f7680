"""Quantiles of many cells at once are those of each cell's merged distributions."""

from __future__ import annotations

from collections.abc import Sequence
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.features.histogram import MAX_BUCKETS, Histogram
from advisor.features.quantiles import quantiles
from advisor.features.window import Array

SHARES = (0.0, 0.5, 0.95, 0.99, 1.0)
CELLS = 3


@st.composite
def distributions(draw: st.DrawFn) -> Histogram:
    counts = draw(st.lists(st.integers(0, 300), max_size=40))
    low = draw(st.none() | st.floats(1e-6, 1e-3))
    high = draw(st.none() | st.floats(1, 1e4))
    scale, offset, zeros = draw(st.integers(-2, 3)), draw(st.integers(-40, 40)), draw(st.integers(0, 5))
    return Histogram.from_exponential(scale, zeros, offset, counts, draw(st.floats(0, 1e6)), low, high)


def told(encoded: Sequence[bytes], cells: Sequence[int], size: int, shares: Sequence[float]) -> Array:
    ends = np.cumsum([len(each) for each in encoded], dtype=np.int64)
    begins = np.append(0, ends)[:-1]
    return quantiles(b"".join(encoded), begins, ends, np.array(cells, np.int64), size, shares)


@given(st.lists(st.tuples(distributions(), st.integers(0, CELLS - 1)), max_size=12), st.sampled_from([3, 600]))
def test_each_cell_has_the_quantiles_of_what_fell_into_it(fallen: list[tuple[Histogram, int]], together: int) -> None:
    with patch("advisor.features.quantiles._TOGETHER", together):
        found = told([one.encode() for one, _ in fallen], [cell for _, cell in fallen], CELLS, SHARES)

    assert found.shape == (len(SHARES), CELLS)
    for cell in range(CELLS):
        merged = Histogram.merge(*(one for one, of in fallen if of == cell))
        if len(merged.counts) < MAX_BUCKETS // 2:
            expected = [merged.quantile(share) for share in SHARES]
            np.testing.assert_allclose(found[:, cell], expected, rtol=1e-9)


def test_more_buckets_than_are_kept_stay_as_narrow_as_they_came() -> None:
    near, far = (Histogram.from_exponential(3, 0, at, [1], 1.0) for at in (-400, 400))
    found = told([near.encode(), far.encode()], [0, 0], 1, [0.5])
    assert found[0, 0] == pytest.approx(near.quantile(1.0))
    assert Histogram.merge(near, far).scale < 3


def test_what_is_cut_off_is_refused() -> None:
    encoded = Histogram.from_explicit([0.1], [2, 0], 0.05, 0.01, 0.04).encode()
    with pytest.raises(ValueError, match="cut off"):
        told([encoded, encoded[:-8]], [0, 0], 1, [0.5])
