"""Histogram: what merging, subtracting, storing and quantiles promise."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.features.histogram import MAX_BUCKETS, Histogram

durations = st.floats(min_value=1e-5, max_value=60.0)
samples = st.lists(durations, max_size=60)


def of(values: list[float], scale: int = 3, extremes: bool = True) -> Histogram:
    """The exponential histogram that a probe would send for these durations."""
    indexes = [math.ceil(math.log2(value) * 2.0**scale) - 1 for value in values]
    if not values:
        return Histogram.from_exponential(scale, 0, 0, [], 0.0)
    first = min(indexes)
    counts = [indexes.count(index) for index in range(first, max(indexes) + 1)]
    low, high = (min(values), max(values)) if extremes else (None, None)
    return Histogram.from_exponential(scale, 0, first, counts, math.fsum(values), low, high)


def same(a: Histogram, b: Histogram) -> bool:
    shape = (a.scale, a.zero_count, a.offset, a.counts, a.min, a.max)
    return shape == (b.scale, b.zero_count, b.offset, b.counts, b.min, b.max) and a.sum == pytest.approx(b.sum)


@settings(deadline=None)  # a shared machine may pause
@given(samples, samples, samples, st.integers(0, 5), st.integers(-1, 3))
def test_merge_is_associative_and_commutative(
    a: list[float], b: list[float], c: list[float], fine: int, coarse: int
) -> None:
    x, y, z = of(a, fine), of(b, coarse), of(c)
    together = Histogram.merge(x, y, z)
    assert same(Histogram.merge(Histogram.merge(x, y), z), together)
    assert same(Histogram.merge(x, Histogram.merge(y, z)), together)
    assert same(Histogram.merge(z, y, x), together)
    assert together.count == len(a) + len(b) + len(c)


def test_those_absurdly_far_apart_are_merged_without_what_lies_between() -> None:
    """Any sender may choose these: 2^32 buckets would fill all memory."""
    near, far = (Histogram.from_exponential(3, 0, offset, [2], 1.0) for offset in (-(2**31), 2**31 - 1))
    merged = Histogram.merge(near, far)
    assert (merged.count, len(merged.counts)) == (4, 127)
    assert (merged.counts[0], merged.counts[-1]) == (2, 2)


@settings(deadline=None)
@given(samples)
def test_an_empty_histogram_changes_nothing(values: list[float]) -> None:
    assert same(Histogram.merge(of(values), Histogram()), of(values))


@settings(deadline=None)
@given(st.lists(durations, min_size=1, max_size=80), st.floats(0.01, 1.0))
def test_a_quantile_errs_by_at_most_one_bucket(values: list[float], q: float) -> None:
    exact = sorted(values)[math.ceil(q * len(values)) - 1]
    histogram = of(values, extremes=False)
    assert abs(math.log2(histogram.quantile(q) / exact)) <= 2.0**-histogram.scale + 1e-9


def test_quantiles_of_a_smooth_distribution_err_by_less_than_half_a_bucket() -> None:
    values = [0.005 * 1.001**i for i in range(3000)]
    histogram = of(values)
    for q in (0.05, 0.5, 0.9, 0.95, 0.99):
        assert abs(math.log2(histogram.quantile(q) / values[math.ceil(q * 3000) - 1])) <= 1 / 16


@settings(deadline=None)
@given(st.lists(durations, min_size=1, max_size=40))
def test_quantiles_stay_within_the_extremes_and_ascend(values: list[float]) -> None:
    histogram = of(values)
    found = [histogram.quantile(q) for q in (0.0, 0.25, 0.5, 0.95, 1.0)]
    assert found == sorted(found)
    assert min(values) <= found[0]
    assert found[-1] == max(values)


@settings(deadline=None)
@given(samples, samples)
def test_subtract_undoes_merge(earlier: list[float], later: list[float]) -> None:
    before, total = of(earlier), Histogram.merge(of(earlier), of(later))
    rest = total.subtract(before)
    assert rest is not None
    assert rest.count == len(later)
    assert rest.sum == pytest.approx(math.fsum(later), abs=1e-9)


@settings(deadline=None)
@given(st.lists(durations, min_size=1, max_size=40))
def test_subtract_sees_that_counting_began_anew(values: list[float]) -> None:
    assert of(values[:-1]).subtract(of(values)) is None


@settings(deadline=None)
@given(samples, st.integers(-2, 3), st.booleans())
def test_storing_and_reading_gives_the_same(values: list[float], scale: int, extremes: bool) -> None:
    histogram = of(values, scale, extremes)
    assert Histogram.decode(histogram.encode()) == histogram


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_foreign_bytes_are_refused_or_read_but_never_crash(data: bytes) -> None:
    try:
        Histogram.decode(data)
    except ValueError:
        return
    assert data[0] == 1


def test_a_stored_histogram_is_compact() -> None:
    values = [0.005 + 0.0001 * i for i in range(200)]
    assert len(of(values).encode()) < 60


def test_bytes_that_are_cut_off_are_refused() -> None:
    data = of([0.1, 0.2]).encode()
    for cut in range(len(data)):
        with pytest.raises(ValueError, match=r"packed|stored"):
            Histogram.decode(data[:cut])


def test_fine_scales_are_coarsened_and_far_buckets_stay_bounded() -> None:
    fine = Histogram.from_exponential(20, 0, -(2**31), [1], 1.0)
    wide = Histogram.merge(fine, of([60.0]), Histogram.from_exponential(0, 2, 2**31 - 1, [1], 1.0))
    assert fine.scale <= 3
    assert len(wide.counts) <= MAX_BUCKETS
    assert wide.count == 5
    assert wide.quantile(0.0) == 0.0


@pytest.mark.parametrize(
    ("scale", "zeros", "counts", "total"),
    [(21, 0, [1], 1.0), (-11, 0, [1], 1.0), (3, -1, [1], 1.0), (3, 0, [-1], 1.0), (3, 0, [1], math.nan)],
)
def test_what_no_sdk_sends_is_refused(scale: int, zeros: int, counts: list[int], total: float) -> None:
    with pytest.raises(ValueError, match="histogram"):
        Histogram.from_exponential(scale, zeros, 0, counts, total)


def test_explicit_bounds_are_spread_and_tightened_by_the_extremes() -> None:
    histogram = Histogram.from_explicit([0.005, 0.01, 0.1], [10, 80, 10, 5], 2.0, 0.004, 0.25)
    assert histogram.count == 105
    assert 0.005 < histogram.quantile(0.5) < 0.01
    assert histogram.quantile(0.0) == pytest.approx(0.004)
    assert histogram.quantile(1.0) == pytest.approx(0.25)


def test_explicit_bounds_without_extremes_answer_at_least_the_last_bound() -> None:
    histogram = Histogram.from_explicit([0.0, 0.1], [3, 4, 2], 1.0)
    assert histogram.zero_count == 3
    assert 0.1 <= histogram.quantile(1.0) <= 0.1 * 2 ** (2 / 8)


@settings(deadline=None)
@given(
    st.lists(st.floats(1e-4, 10), min_size=1, max_size=12, unique=True).map(sorted),
    st.data(),
)
def test_spreading_keeps_every_observation(bounds: list[float], data: st.DataObject) -> None:
    counts = data.draw(st.lists(st.integers(0, 1000), min_size=len(bounds) + 1, max_size=len(bounds) + 1))
    histogram = Histogram.from_explicit(bounds, counts, 1.0)
    assert histogram.count == sum(counts)
    for bound, below in zip(bounds, range(1, len(counts)), strict=False):
        if sum(counts[:below]) > 0 and histogram.scale == 3:
            assert histogram.quantile(sum(counts[:below]) / sum(counts)) <= bound * 2 ** (1 / 8) + 1e-12


@pytest.mark.parametrize(("bounds", "counts"), [([0.1, 0.1], [1, 1, 1]), ([0.1], [1]), ([0.2, 0.1], [0, 0, 1])])
def test_explicit_bounds_that_do_not_fit_are_refused(bounds: list[float], counts: list[int]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        Histogram.from_explicit(bounds, counts, 1.0)


def test_an_empty_histogram_has_no_figures() -> None:
    assert math.isnan(Histogram().quantile(0.5))
    assert math.isnan(Histogram().mean)
