"""stats: what one column says over one span."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features import Track, stats
from advisor.features.sums import Span


def track(**columns: list[float]) -> Track:
    size = len(next(iter(columns.values())))
    times = np.arange(10.0, 10.0 * size + 1, 10.0)
    return Track(times, np.full(size, 10.0), {name: np.array(figures) for name, figures in columns.items()})


NAN = math.nan


def test_a_rate_divides_by_the_seconds_of_the_rows_that_have_the_column() -> None:
    mixed = track(cpu_user=[1.0, NAN, 3.0, NAN])
    assert stats.rate(mixed, "cpu_user", Span(0, 40)) == pytest.approx(4 / 20)


def test_a_span_excludes_its_start_and_includes_its_end() -> None:
    assert stats.total(track(requests=[1.0, 2.0, 4.0]), "requests", Span(10, 30)) == 6.0


def test_what_is_absent_is_not_zero() -> None:
    for figure in (stats.rate, stats.total, stats.level, stats.peak, stats.latest):
        assert math.isnan(figure(track(requests=[1.0]), "cpu_main", Span(0, 10)))
        assert math.isnan(figure(track(requests=[1.0]), "requests", Span(100, 200)))


def test_a_level_is_weighted_by_the_seconds_that_rows_cover() -> None:
    uneven = Track(np.array([10.0, 40.0]), np.array([10.0, 30.0]), {"memory_rss": np.array([100.0, 200.0])})
    assert stats.level(uneven, "memory_rss", Span(0, 40)) == pytest.approx(175.0)


def test_peak_and_latest() -> None:
    rising = track(loop_delay_max=[0.1, 0.5, 0.2])
    assert stats.peak(rising, "loop_delay_max", Span(0, 30)) == 0.5
    assert stats.latest(rising, "loop_delay_max", Span(0, 30)) == 0.2


def test_the_interval_is_learned_from_the_rows_that_have_the_column() -> None:
    assert stats.interval(track(cpu_main=[1.0, NAN, 1.0, NAN, 1.0]), "cpu_main") == 20.0
    assert math.isnan(stats.interval(track(cpu_main=[1.0]), "cpu_main"))


@pytest.mark.parametrize(("lost", "least", "most"), [(0, 1.0, 1.0), (1, 0.9, 0.96), (3, 0.7, 0.8), (9, 0.0, 0.2)])
def test_coverage_counts_the_points_that_came(lost: int, least: float, most: float) -> None:
    whole = track(cpu_main=[1.0] * 30)
    figures = whole.values["cpu_main"].copy()
    figures[20 : 20 + lost] = NAN
    got = stats.coverage(Track(whole.times, whole.spans, {"cpu_main": figures}), "cpu_main", Span(200, 300))
    assert least <= got <= most


@pytest.mark.parametrize(("silent", "share"), [(20.0, 1.0), (60.0, 0.6)])
def test_a_row_that_covers_one_more_interval_bridges_it_and_no_longer_silence(silent: float, share: float) -> None:
    times = np.array([*range(10, 100, 10), 90 + silent, 100 + silent])
    whole = Track(times, np.diff(times, prepend=0), {"cpu_main": np.ones(times.size)})
    assert stats.coverage(whole, "cpu_main", Span(silent, 100 + silent)) == pytest.approx(share)


def test_coverage_of_an_unknown_column_is_none() -> None:
    assert stats.coverage(track(cpu_main=[1.0, 1.0]), "loop_active", Span(0, 20)) == 0.0


def test_peaks_and_last_figures_of_pieces_leave_out_what_is_not_known() -> None:
    gappy = track(loop_delay_max=[0.1, 0.5, NAN, NAN, 0.2, NAN])
    assert stats.peaks(gappy, "loop_delay_max", Span(0, 60), 20) == pytest.approx([0.5, NAN, 0.2], nan_ok=True)
    assert stats.latests(gappy, "loop_delay_max", Span(0, 60), 20) == pytest.approx([0.5, NAN, 0.2], nan_ok=True)


def test_pieces_before_behind_and_between_rows_have_no_peak() -> None:
    short = Track(np.array([10.0, 70.0]), np.array([10.0, 10.0]), {"gc_pause_max": np.array([0.1, 0.2])})
    got = stats.peaks(short, "gc_pause_max", Span(-40, 120), 20)
    assert got == pytest.approx([NAN, NAN, 0.1, NAN, NAN, 0.2, NAN, NAN], nan_ok=True)
    assert stats.latests(short, "gc_pause_max", Span(-40, 120), 20) == pytest.approx(got, nan_ok=True)
    assert stats.peaks(short, "loop_delay_max", Span(0, 40), 20) == pytest.approx([NAN, NAN], nan_ok=True)
    assert stats.peaks(short, "gc_pause_max", Span(0, 10), 20) == []


def test_the_last_figure_may_lie_far_back() -> None:
    assert stats.latest(track(cpu_effective=[2.0] + [NAN] * 20), "cpu_effective", Span(0, 210)) == 2.0
    assert math.isnan(stats.latest(track(cpu_effective=[2.0] + [NAN] * 20), "cpu_effective", Span(10, 210)))


def test_variation_needs_three_figures() -> None:
    assert math.isnan(stats.variation([1.0, 2.0]))
    assert stats.variation([0.0] * 5) == 0.0
    assert stats.variation([0.5, 1.0, 1.5]) == pytest.approx(0.408, abs=0.001)


def test_the_unknown_is_left_out() -> None:
    assert stats.mean([1.0, NAN, 3.0]) == 2.0
    assert math.isnan(stats.mean([NAN]))
    assert (stats.known_sum([1.0, NAN, 3.0]), stats.highest([1.0, NAN, 3.0])) == (4.0, 3.0)
    assert math.isnan(stats.known_sum([NAN]))
    assert math.isnan(stats.highest([]))


@pytest.mark.parametrize(
    ("value", "clear", "fire", "expected"),
    [
        (0.6, 0.7, 0.8, 0.0),
        (0.75, 0.7, 0.8, 0.5),
        (0.9, 0.7, 0.8, 1.0),
        (0.1, 0.3, 0.0, 2 / 3),
        (NAN, 0.7, 0.8, 0.0),
        (0.79, 0.8, 0.8, 0.0),
        (0.8, 0.8, 0.8, 1.0),
        (NAN, 0.8, 0.8, 0.0),
    ],
)
def test_a_ramp_goes_from_its_clear_to_its_fire_level(value: float, clear: float, fire: float, expected: float) -> None:
    assert stats.ramp(value, clear, fire) == pytest.approx(expected)


@pytest.mark.parametrize(("minute", "two", "five", "span"), [
    (0.9, 0.8, 0.7, 60), (0.6, 0.8, 0.7, 120), (0.8, 0.7, 0.9, 300), (0.4, 0.5, 0.9, 60), (math.nan,) * 3 + (60,),
])  # fmt: skip
def test_a_figure_is_judged_where_it_is_highest_unless_it_is_over(
    minute: float, two: float, five: float, span: float
) -> None:
    figures = {60.0: minute, 120.0: two, 300.0: five}
    assert stats.telling(lambda seconds: figures[seconds], 60.0, 300.0, 0.6) == span
