"""Quantiles of many cells at once are those of each cell's merged distributions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.features.histogram import Histogram
from advisor.features.quantiles import COMPILED, quantiles
from advisor.features.window import Array

SHARES = (0.0, 0.5, 0.95, 0.99, 1.0)
CELLS = 3


@st.composite
def distributions(draw: st.DrawFn) -> Histogram:
    counts = draw(st.lists(st.integers(0, 300), max_size=40))
    low = draw(st.none() | st.floats(1e-6, 1e-3))
    high = draw(st.none() | st.floats(1, 1e4))
    scale, zeros = draw(st.integers(-2, 3)), draw(st.integers(0, 5))
    far = int(900 * 2.0**scale)  # further off are no durations
    offset = draw(st.integers(-40, 40) | st.integers(-far, far))
    return Histogram.from_exponential(scale, zeros, offset, counts, draw(st.floats(0, 1e6)), low, high)


def told(encoded: Sequence[bytes], cells: Sequence[int], size: int, shares: Sequence[float]) -> Array:
    ends = np.cumsum([len(each) for each in encoded], dtype=np.int64)
    begins = np.append(0, ends)[:-1]
    return quantiles(b"".join(encoded), begins, ends, np.array(cells, np.int64), size, shares)


@pytest.fixture(autouse=True, params=["c", "python"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr("advisor.features.quantiles.COMPILED", None)
    elif COMPILED is None:
        pytest.skip("There is no C compiler, or no headers of Python.")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(distributions(), st.integers(0, CELLS - 1)), max_size=12))
def test_each_cell_has_the_quantiles_of_what_fell_into_it(fallen: list[tuple[Histogram, int]]) -> None:
    found = told([one.encode() for one, _ in fallen], [cell for _, cell in fallen], CELLS, SHARES)

    assert found.shape == (len(SHARES), CELLS)
    for cell in range(CELLS):
        merged = Histogram.merge(*(one for one, of in fallen if of == cell))
        expected = [merged.quantile(share) for share in SHARES]
        np.testing.assert_allclose(found[:, cell], expected, rtol=1e-12)


def test_those_too_far_apart_for_narrow_buckets_share_wider_ones() -> None:
    near, far = (Histogram.from_exponential(3, 0, at, [1], 1.0) for at in (-400, 400))
    found = told([near.encode(), far.encode()], [0, 0], 1, [0.5, 1.0])
    merged = Histogram.merge(near, far)
    assert merged.scale < 3
    assert found[:, 0] == pytest.approx([merged.quantile(0.5), merged.quantile(1.0)], rel=1e-12)


def test_no_cells_and_no_distributions_are_none() -> None:
    assert told([], [], 0, SHARES).shape == (len(SHARES), 0)
    assert np.isnan(told([], [], 2, SHARES)).all()


@pytest.mark.parametrize("cut", [slice(0, -8), slice(0, -1), slice(0, 3), slice(0, 1)])
def test_what_is_cut_off_is_refused(cut: slice) -> None:
    encoded = Histogram.from_explicit([0.1], [2, 0], 0.05, 0.01, 0.04).encode()
    with pytest.raises(ValueError, match="cut off"):
        told([encoded, encoded[cut]], [0, 0], 1, [0.5])


@pytest.mark.parametrize("other", [b"", b"\x02" + Histogram().encode()[1:]])
def test_another_version_is_refused(other: bytes) -> None:
    with pytest.raises(ValueError, match="version"):
        told([Histogram().encode(), other], [0, 0], 1, [0.5])
