"""Quantiles of many cells at once are those of each cell's merged distributions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.features.buckets import MAX_SCALE
from advisor.features.histogram import WIRE_SCALES, Histogram
from advisor.features.packing import pack
from advisor.features.quantiles import COMPILED, quantiles
from advisor.features.window import Array
from tests.compilers import need

SHARES = (0.0, 0.5, 0.95, 0.99, 1.0)
CELLS = 3


@st.composite
def distributions(draw: st.DrawFn) -> Histogram:
    scale, zeros = draw(st.integers(min(WIRE_SCALES), MAX_SCALE)), draw(st.integers(0, 5))
    far = int(990 * 2.0**scale)  # further off are no durations
    offset = draw(st.integers(-min(40, far), min(40, far)) | st.integers(-far, far))
    counts = draw(st.lists(st.integers(0, 300) | st.integers(0, 2**40), max_size=min(40, far - offset + 1)))
    low = draw(st.none() | st.floats(1e-6, 1e-3))
    high = draw(st.none() | st.floats(1, 1e4))
    return Histogram.from_exponential(scale, zeros, offset, counts, draw(st.floats(0, 1e6)), low, high)


def told(encoded: Sequence[bytes], cells: Sequence[int], size: int, shares: Sequence[float]) -> Array:
    ends = np.cumsum([len(each) for each in encoded], dtype=np.int64)
    begins = np.append(0, ends)[:-1]
    return quantiles(b"".join(encoded), begins, ends, np.array(cells, np.int64), size, shares)


@pytest.fixture(autouse=True, params=["c", "python"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr("advisor.features.quantiles.COMPILED", None)
    else:
        need(COMPILED)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(distributions(), st.integers(0, CELLS - 1)), max_size=12))
def test_each_cell_has_the_quantiles_of_what_fell_into_it(fallen: list[tuple[Histogram, int]]) -> None:
    found = told([one.encode() for one, _ in fallen], [cell for _, cell in fallen], CELLS, SHARES)

    assert found.shape == (len(SHARES), CELLS)
    for cell in range(CELLS):
        merged = Histogram.merge(*(one for one, of in fallen if of == cell))
        expected = [merged.quantile(share) for share in SHARES]
        np.testing.assert_allclose(found[:, cell], expected, rtol=1e-12)


@pytest.mark.parametrize(("apart", "scale"), [(159, 3), (160, 2), (800, 0), (1 << 32, -4)])
def test_those_too_far_apart_for_narrow_buckets_share_wider_ones(apart: int, scale: int) -> None:
    near, far = (Histogram.from_exponential(3, 0, at - apart // 2, [1], 1.0) for at in (0, apart))
    found = told([near.encode(), far.encode()], [0, 0], 1, [0.5, 1.0])
    merged = Histogram.merge(near, far)
    assert merged.scale == scale
    assert found[:, 0] == pytest.approx([merged.quantile(0.5), merged.quantile(1.0)], rel=1e-12)


@pytest.mark.parametrize("counts", [[2**61, 2**62], [2**63, 1], [2**64 - 1, 2**64 - 1], [2**75, 2**76], [1, 2**130]])
def test_counts_may_have_any_number_of_bits(counts: list[int]) -> None:
    """Nobody has observed so much; somebody may send it, again and again."""
    one = Histogram.from_exponential(3, counts[0], 0, counts, 1.0)
    found = told([one.encode()] * 4, [0] * 4, 1, [0.1, 0.5, 0.9])
    assert found[:, 0] == pytest.approx([one.quantile(share) for share in (0.1, 0.5, 0.9)], rel=1e-9)


@pytest.mark.parametrize(("zeros", "counts", "found"), [(0, [7, 0, 0, 93], 2**0.125), (7, [93], 0.0)])
def test_a_share_that_ends_a_bucket_does_not_slip_into_the_next(zeros: int, counts: list[int], found: float) -> None:
    """0.07 * 100 is more than 7 to a computer."""
    one = Histogram.from_exponential(3, zeros, 0, counts, 1.0)
    assert told([one.encode()], [0], 1, [0.07])[0, 0] == pytest.approx(found)


def test_no_cells_and_no_distributions_are_none() -> None:
    assert told([], [], 0, SHARES).shape == (len(SHARES), 0)
    assert np.isnan(told([], [], 2, SHARES)).all()


@pytest.mark.parametrize("cut", [slice(0, -8), slice(0, -1), slice(0, 5), slice(0, 3), slice(0, 1)])
def test_what_is_cut_off_is_refused(cut: slice) -> None:
    encoded = Histogram.from_explicit([0.1], [2, 0], 0.05, 0.01, 0.04).encode()
    with pytest.raises(ValueError, match="cut off"):
        told([encoded, encoded[cut]], [0, 0], 1, [0.5])


def test_too_few_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="cut off"):
        told([pack([3, 0, 0], [1.0])], [0], 1, [0.5])


@pytest.mark.parametrize("other", [b"", b"\x02" + Histogram().encode()[1:]])
def test_another_version_is_refused(other: bytes) -> None:
    with pytest.raises(ValueError, match="version"):
        told([Histogram().encode(), other], [0, 0], 1, [0.5])
