"""sums: what columns add up to over any span."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features import Track
from advisor.features.sums import Span, Sums, edges, rows, sums, sums_of_pieces

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
    places = {"requests": 0, "memory_rss": 1}
    assert sums(TRACK, Span(0, 45)) == Sums(places, [10.0, 12.0], [35.0, 25.0], [130.0, 160.0], [3.0, 2.0])
    assert sums(TRACK, Span(10, 20)) == Sums(places, *[[0.0, 0.0]] * 4)


def test_a_track_without_columns_has_no_sums() -> None:
    empty, nothing = Track(TIMES, SPANS, {}), Sums({}, [], [], [], [])
    assert sums(empty, Span(0, 45)) == nothing
    assert sums_of_pieces(empty, ["requests"], Span(0, 40), 20) == [nothing] * 2


def test_pieces_are_counted_back_from_the_end() -> None:
    span = Span(0, 50)
    assert edges(TRACK, span, 20) == [1, 3, 4]
    pieces = sums_of_pieces(TRACK, ["memory_rss", "cpu_main", "requests"], span, 20)
    for column in ("requests", "memory_rss", "cpu_main"):
        for name in ("total", "rate", "level", "covered", "count"):
            whole = [getattr(sums(TRACK, piece), name)(column) for piece in span.split(20)]
            assert [getattr(piece, name)(column) for piece in pieces] == pytest.approx(whole, nan_ok=True)
    assert sums_of_pieces(TRACK, ["requests"], Span(0, 10), 20) == []


def test_what_is_not_known_adds_up_to_nothing() -> None:
    found = sums(TRACK, Span(0, 20))
    assert (found.total("requests"), found.rate("requests"), found.level("requests")) == (1.0, 0.1, 1.0)
    assert (found.covered(["requests", "cpu_main"]), found.count("requests")) == (10.0, 1.0)
    for column in ("memory_rss", "cpu_main"):
        assert all(math.isnan(figure(column)) for figure in (found.total, found.rate, found.level))
        assert (found.covered([column]), found.count(column)) == (0.0, 0.0)


def test_a_level_of_rows_that_cover_no_time_is_their_mean() -> None:
    instant = Track(TIMES, np.zeros(4), {"memory_rss": np.array([NAN, 2.0, 4.0, NAN])})
    assert sums(instant, Span(0, 45)).level("memory_rss") == pytest.approx(3.0)


def test_a_broken_figure_spoils_no_other_span() -> None:
    spike = Track(TIMES, SPANS, {"requests": np.array([1e18, 0.1, 0.2, 0.3])})
    assert sums(spike, Span(10, 45)).total("requests") == pytest.approx(0.6)
