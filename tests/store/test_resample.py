"""The raster: means keep the integral, peaks keep the spikes, silence stays a gap."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.features.window import Array
from advisor.store.resample import STEPS, Raster, Tiling

ONE = np.zeros(1, np.int64)
"""Where a series begins that is alone."""


def means(raster: Raster, begins: Array, ends: Array, values: Array) -> Array:
    found: Array = Tiling(raster, begins, ends, ONE).means(values)[0]
    return found


def peaks(raster: Raster, begins: Array, ends: Array, values: Array) -> Array:
    found: Array = Tiling(raster, begins, ends, ONE).peaks(values)[0]
    return found


def _array(*values: float) -> Array:
    return np.array(values, dtype=np.float64)


@given(st.floats(0, 2e9), st.floats(1, 3e7), st.integers(2, 1000))
def test_a_raster_covers_its_span_with_at_most_the_points_asked_for(start: float, length: float, points: int) -> None:
    raster = Raster.over(start, start + length, points, finest=1.0)

    assert raster.edges[0] <= start
    assert raster.edges[-1] >= start + length
    assert raster.size <= points
    assert raster.start % raster.step == 0
    assert raster.step in STEPS or raster.step % STEPS[-1] == 0


def test_a_span_that_moves_on_keeps_its_cells() -> None:
    first, second = (Raster.over(1000.0 + by, 1900.0 + by, 400, finest=1.0) for by in (0.0, 7.0))

    assert set(first.times[5:]) <= set(second.times)


def test_values_hold_between_samples_that_are_wider_than_the_cells() -> None:
    raster = Raster(0.0, 5.0, 6)

    found = means(raster, _array(0, 10), _array(10, 20), _array(1, 3))

    np.testing.assert_allclose(found, [1, 1, 3, 3, np.nan, np.nan])


def test_a_cell_that_two_samples_share_takes_each_by_its_time() -> None:
    found = means(Raster(0.0, 10.0, 1), _array(0, 8), _array(8, 10), _array(1, 6))

    assert found.tolist() == [2.0]


def test_an_unknown_value_is_a_gap_and_no_zero() -> None:
    found = means(Raster(0.0, 10.0, 3), _array(0, 10, 20), _array(10, 20, 30), _array(1, np.nan, 3))

    np.testing.assert_allclose(found, [1, np.nan, 3])


def test_nothing_known_is_all_gap() -> None:
    assert np.isnan(means(Raster(0.0, 10.0, 3), _array(), _array(), _array())).all()
    assert np.isnan(peaks(Raster(0.0, 10.0, 3), _array(), _array(), _array())).all()


def test_a_spike_stays_however_wide_the_cell() -> None:
    begins = np.arange(0, 1000, 10.0)
    values = np.zeros(100)
    values[42] = 9.0

    assert peaks(Raster(0.0, 500.0, 2), begins, begins + 10, values).tolist() == [9.0, 0.0]


_stretch = st.tuples(st.floats(0.5, 30), st.one_of(st.floats(0, 100), st.just(float("nan"))))


@given(st.lists(_stretch, min_size=1, max_size=30), st.floats(1, 40))
def test_means_keep_the_integral(stretches: list[tuple[float, float]], step: float) -> None:
    ends = np.cumsum([length for length, _ in stretches])
    begins = np.concatenate([[0.0], ends[:-1]])
    values = np.array([value for _, value in stretches])
    raster = Raster(0.0, step, int(np.ceil(ends[-1] / step)))

    found = means(raster, begins, ends, values)

    for cell, (left, right) in enumerate(zip(raster.edges, raster.edges[1:], strict=False)):
        shares = np.clip(np.minimum(ends, right) - np.maximum(begins, left), 0, None) * ~np.isnan(values)
        if shares.sum() > 0.01 * step:
            assert found[cell] == pytest.approx(np.nansum(shares * values) / shares.sum(), abs=1e-6)


def test_each_series_has_cells_of_its_own() -> None:
    raster = Raster(0.0, 10.0, 3)
    tiling = Tiling(raster, _array(0, 10, 5, 12), _array(10, 20, 12, 30), np.array([0, 2, 2]))
    figures = _array(1, 2, 3, 4)

    nan = np.nan
    np.testing.assert_allclose(tiling.means(figures), np.array([[1, 2, nan], [nan] * 3, [3, 3.8, 4]]))
    np.testing.assert_allclose(tiling.peaks(figures), np.array([[1, 2, nan], [nan] * 3, [3, 4, 4]]))
    np.testing.assert_allclose(tiling.troughs(figures), np.array([[1, 2, nan], [nan] * 3, [3, 3, 4]]))


def test_what_lies_outside_of_the_raster_is_left_out() -> None:
    raster = Raster(100.0, 10.0, 2)
    begins, ends, values = _array(0, 90, 115, 130), _array(90, 105, 200, 140), _array(7, 1, 2, 9)

    np.testing.assert_allclose(means(raster, begins, ends, values), [1, 2])
    np.testing.assert_allclose(peaks(raster, begins, ends, values), [1, 2])


@given(st.lists(st.lists(st.integers(0, 9), unique=True, min_size=1), min_size=1, max_size=4), st.data())
def test_stretches_that_are_a_cell_each_stay_as_they_are(series: list[list[int]], data: st.DataObject) -> None:
    """They need not be added up; what is drawn is what is drawn of each cut into two."""
    raster = Raster(600.0, 60.0, 10)
    cells = np.concatenate([np.sort(each) for each in series])
    figure = st.one_of(st.floats(-1e9, 1e9), st.just(math.nan))
    figures = np.array(data.draw(st.lists(figure, min_size=len(cells), max_size=len(cells))))
    starts = np.cumsum([0, *map(len, series)])[:-1]
    begins = raster.start + raster.step * cells
    halves = np.stack([begins, begins + 30], axis=-1).ravel()

    whole = Tiling(raster, begins, begins + 60, starts)
    cut = Tiling(raster, halves, halves + 30, 2 * starts)

    np.testing.assert_allclose(whole.means(figures), cut.means(np.repeat(figures, 2)))
    for one, other in ((whole.peaks, cut.peaks), (whole.troughs, cut.troughs)):
        np.testing.assert_array_equal(one(figures), other(np.repeat(figures, 2)))
