"""sums: what columns add up to over any span."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features import Track
from advisor.features.sums import Span, edges, level_of, rate_of, rows, sums, sums_of_pieces, total_of

NAN = math.nan
TIMES = np.array([10.0, 20.0, 30.0, 45.0])
SPANS = np.array([10.0, 10.0, 10.0, 15.0])
TRACK = Track(TIMES, SPANS, {"requests": np.array([1.0, NAN, 3.0, 6.0]), "memory_rss": np.array([NAN, NAN, 4.0, 8.0])})


def test_a_span_splits_into_whole_pieces_from_its_end() -> None:
    assert Span(0, 25).split(10) == [Span(5, 15), Span(15, 25)]
    assert Span(25, 0).length == 0


def test_rows_of_a_span_exclude_its_start_and_include_its_end() -> None:
    assert rows(TRACK, Span(10, 30)) == slice(1, 3)
    assert rows(TRACK, Span(100, 200)) == slice(4, 4)


def test_every_column_adds_up_over_the_rows_that_have_it() -> None:
    found = sums(TRACK, Span(0, 45))
    assert found == {"requests": [10.0, 35.0, 130.0, 3.0], "memory_rss": [12.0, 25.0, 160.0, 2.0]}
    assert sums(TRACK, Span(10, 20)) == {"requests": [0.0] * 4, "memory_rss": [0.0] * 4}


def test_a_track_without_columns_has_no_sums() -> None:
    empty = Track(TIMES, SPANS, {})
    assert (sums(empty, Span(0, 45)), sums_of_pieces(empty, ["requests"], Span(0, 40), 20)) == ({}, [{}, {}])


def test_pieces_are_counted_back_from_the_end() -> None:
    span = Span(0, 50)
    assert edges(TRACK, span, 20) == [1, 3, 4]
    both = ["memory_rss", "cpu_main", "requests"]
    assert sums_of_pieces(TRACK, both, span, 20) == [sums(TRACK, piece) for piece in span.split(20)]
    assert sums_of_pieces(TRACK, ["requests"], Span(0, 20), 10) == [{"requests": [1, 10, 10, 1]}, {"requests": [0] * 4}]
    assert sums_of_pieces(TRACK, both, Span(0, 10), 20) == []


def test_total_rate_and_level_of_what_is_not_known_are_none() -> None:
    found = sums(TRACK, Span(0, 20))
    assert (total_of(found, "requests"), rate_of(found, "requests"), level_of(found, "requests")) == (1.0, 0.1, 1.0)
    for figure in (total_of, rate_of, level_of):
        assert math.isnan(figure(found, "memory_rss"))
        assert math.isnan(figure(found, "cpu_main"))


def test_a_level_of_rows_that_cover_no_time_is_their_mean() -> None:
    instant = Track(TIMES, np.zeros(4), {"memory_rss": np.array([NAN, 2.0, 4.0, NAN])})
    assert level_of(sums(instant, Span(0, 45)), "memory_rss") == pytest.approx(3.0)


def test_a_broken_figure_spoils_no_other_span() -> None:
    spike = Track(TIMES, SPANS, {"requests": np.array([1e18, 0.1, 0.2, 0.3])})
    assert total_of(sums(spike, Span(10, 45)), "requests") == pytest.approx(0.6)
