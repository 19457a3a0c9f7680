from __future__ import annotations

import pytest

from advisor_agent.buckets import Buckets
from advisor_agent.deltas import Deltas, Moment
from advisor_agent.metric import COUNTER, GAUGE, HISTOGRAM, SHARE, Metric

TOTAL = Metric("total", "s", COUNTER, "")
SHARED = Metric("share", "1", SHARE, "")
DURATION = Metric("duration", "s", HISTOGRAM, "")
SPARSE = Metric("sparse", "s", HISTOGRAM, "", is_sparse=True)
LEVEL = Metric("level", "1", GAUGE, "")
SECOND = 1_000_000_000


def at(seconds, clock_step=0):
    return Moment((1000 + seconds + clock_step) * SECOND, float(seconds))


@pytest.fixture
def values():
    """Feed samples to one subject; the points as (value, start in seconds)."""
    deltas = Deltas()

    def _values(moment, *samples, subject="host"):
        return [(p.value, p.start_ns / SECOND) for p in deltas.points(subject, samples, moment)]

    _values.keep = deltas.keep
    return _values


def test_the_first_reading_of_a_total_is_no_point(values):
    assert values(at(0), TOTAL.at(5), LEVEL.at(7)) == [(7, 0)]


def test_increases_start_at_the_last_export(values):
    values(at(0), TOTAL.at(5))
    assert values(at(10), TOTAL.at(8)) == [(3, 1000)]
    assert values(at(20), TOTAL.at(8)) == [(0, 1010)]


def test_a_share_is_seconds_per_second_and_never_above_one(values):
    values(at(0), SHARED.at(0.0))
    assert values(at(10), SHARED.at(2.5)) == [(0.25, 0)]
    assert values(at(20), SHARED.at(13.0)) == [(1.0, 0)]


def test_a_total_that_fell_gives_no_point_and_starts_anew(values):
    values(at(0), TOTAL.at(100))
    assert values(at(10), TOTAL.at(1)) == []
    assert values(at(20), TOTAL.at(4)) == [(3, 1010)]


def test_a_total_that_was_missing_once_gives_no_point_over_the_gap(values):
    values(at(0), TOTAL.at(1))
    values(at(10))
    assert values(at(20), TOTAL.at(9)) == []


def test_siblings_are_told_apart_by_attributes(values):
    values(at(0), TOTAL.at(1, ("mode", "a")), TOTAL.at(10, ("mode", "b")))
    assert values(at(10), TOTAL.at(3, ("mode", "a")), TOTAL.at(40, ("mode", "b"))) == [(2, 1000), (30, 1000)]


def test_subjects_are_told_apart_and_forgotten(values):
    values(at(0), TOTAL.at(1), subject="a")
    values(at(0), TOTAL.at(1), subject="b")
    values.keep(["a"])
    assert values(at(10), TOTAL.at(2), subject="a") == [(1, 1000)]
    assert values(at(10), TOTAL.at(2), subject="b") == []


@pytest.mark.parametrize("step", [3600, -3600])
def test_a_clock_that_is_set_changes_no_span(values, step):
    values(at(0), TOTAL.at(1), SHARED.at(0))
    assert values(at(10, step), TOTAL.at(2), SHARED.at(5)) == [(1, 1000 + step), (0.5, 0)]


def buckets(*counts):
    return Buckets((0.1,), counts, sum(counts), float(sum(counts)))


def shown(points):
    return [(p.attributes, p.value.counts, p.start_ns / SECOND) for p in points]


def test_a_histogram_gains_and_a_new_series_of_it_began_at_nothing():
    deltas = Deltas()
    assert deltas.points("a", [DURATION.at(buckets(5, 1), ("route", "/a"))], at(0)) == []
    new = [DURATION.at(buckets(7, 1), ("route", "/a")), DURATION.at(buckets(0, 2), ("route", "/b"))]
    assert shown(deltas.points("a", new, at(10))) == [
        ((("route", "/a"),), (2, 0), 1000),
        ((("route", "/b"),), (0, 2), 1000),
    ]


def test_a_histogram_that_began_anew_gives_no_point():
    deltas = Deltas()
    deltas.points("a", [DURATION.at(buckets(5, 1))], at(0))
    assert deltas.points("a", [DURATION.at(buckets(2, 0))], at(10)) == []
    assert shown(deltas.points("a", [DURATION.at(buckets(3, 0))], at(20))) == [((), (1, 0), 1010)]


def test_of_a_sparse_histogram_what_gained_nothing_is_left_out():
    deltas = Deltas()
    series = [SPARSE.at(buckets(5, 1), ("route", "/a")), SPARSE.at(buckets(5, 1), ("route", "/b"))]
    deltas.points("a", series, at(0))
    assert shown(deltas.points("a", series, at(10))) == [((), (0, 0), 1000)], "one point says that nothing came"
    busy = [SPARSE.at(buckets(6, 1), ("route", "/a")), series[1]]
    assert shown(deltas.points("a", busy, at(20))) == [((("route", "/a"),), (1, 0), 1010)]
