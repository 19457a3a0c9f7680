"""Cumulative streams: increases add up to the totals, never fall below zero, and survive resets and restarts."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from advisor.features.histogram import Histogram
from advisor.fleet import caps
from advisor.store import streams
from advisor.store.models import Stream
from advisor.store.streams import Increase, Point, Refusal, Streams
from tests.fleet.builders import only
from tests.store.builders import WHEN, us

pytestmark = pytest.mark.django_db

KEY = b"0123456789abcdef"
OTHER = b"fedcba9876543210"
TOKEN = 1


def _point(seconds: float, value: float | Histogram, start: float = -1000.0, key: bytes = KEY) -> Point:
    return Point(key, us(seconds), us(start), value, TOKEN, "1")


def increases(points: list[Point]) -> list[Increase | Refusal]:
    return Streams().increases(points, WHEN)


def _histogram(count: int) -> Histogram:
    return Histogram.from_exponential(3, 0, -24, [count], count * 0.13)


def test_the_first_point_only_sets_the_mark() -> None:
    assert increases([_point(0, 500.0)]) == [Refusal.FIRST]
    assert increases([_point(10, 530.0)]) == [Increase(30.0, 10.0)]


def test_a_young_stream_counts_from_its_start() -> None:
    assert increases([_point(0, 500.0, start=-60.0)]) == [Increase(500.0, 60.0)]


def test_points_of_one_call_are_taken_by_their_time() -> None:
    found = increases([_point(20, 9.0), _point(0, 1.0), _point(10, 4.0), _point(5, 2.0, key=OTHER)])

    assert found == [Increase(5.0, 10.0), Refusal.FIRST, Increase(3.0, 10.0), Refusal.FIRST]


def test_a_point_that_comes_again_or_too_late_is_refused_and_changes_nothing() -> None:
    increases([_point(0, 1.0)])
    increases([_point(20, 5.0)])

    assert increases([_point(20, 5.0)]) == [Refusal.REPEATED]
    assert increases([_point(10, 3.0)]) == [Refusal.OUT_OF_ORDER]
    assert increases([_point(30, 6.0)]) == [Increase(1.0, 10.0)]


def test_a_new_start_counts_from_there() -> None:
    increases([_point(0, 100.0)])

    assert increases([_point(30, 150.0, start=20.0)]) == [Increase(150.0, 10.0)]


def test_a_total_that_falls_without_a_new_start_counts_from_zero() -> None:
    increases([_point(0, 100.0)])

    assert increases([_point(10, 40.0)]) == [Increase(40.0, 10.0)]


def test_a_start_that_only_moves_is_no_reset() -> None:
    increases([_point(0, 100.0, start=-500.0)])

    assert increases([_point(10, 101.0, start=-499.9)]) == [Increase(1.0, 10.0)]


def test_distributions_are_subtracted_and_start_anew_after_a_reset() -> None:
    increases([_point(0, _histogram(10))])

    (grown,) = increases([_point(10, _histogram(14))])
    assert isinstance(grown, Increase)
    assert isinstance(grown.value, Histogram)
    assert (grown.value.count, grown.span) == (4, 10.0)
    assert increases([_point(20, _histogram(3))]) == [Increase(_histogram(3), 10.0)]


def test_a_stream_that_changes_its_kind_starts_anew() -> None:
    increases([_point(0, 100.0)])

    assert increases([_point(10, _histogram(3))]) == [Refusal.FIRST]
    (grown,) = increases([_point(20, _histogram(5))])
    assert isinstance(grown, Increase)
    assert grown.value == _histogram(5).subtract(_histogram(3))


def test_a_total_keeps_eight_bytes() -> None:
    increases([_point(0, 2.0**52)])

    assert increases([_point(10, 2.0**52 + 1)]) == [Increase(1.0, 10.0)]


def test_the_last_point_of_each_stream_is_one_row() -> None:
    increases([_point(at, float(at)) for at in range(5)] + [_point(0, 1.0, key=OTHER)])

    assert sorted(bytes(row.key) for row in Stream.objects.all()) == sorted([KEY, OTHER])


def test_new_streams_beyond_those_of_a_token_are_refused_and_the_others_go_on(settings: Settings) -> None:
    settings.MOST_SERIES = 2
    increases([_point(0, 1.0, key=key) for key in (KEY, OTHER)])
    third, stranger = _point(10, 5.0, key=b"a" * 16), replace(_point(10, 5.0, key=b"b" * 16), token_id=2)

    found = increases([_point(10, 4.0), third, stranger, _point(10, 2.0, key=OTHER)])
    assert found == [Increase(3.0, 10.0), Refusal.NO_ROOM, Refusal.FIRST, Increase(1.0, 10.0)]
    assert increases([third]) == [Refusal.NO_ROOM]
    assert Stream.objects.count() == 3


def test_a_process_that_invents_attributes_leaves_room_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_BEGUN", 3)
    known = Streams()
    flood = [_point(0, 1.0, key=bytes([number]) * 16) for number in range(5)]
    assert known.increases(flood, WHEN) == [Refusal.FIRST] * 3 + [Refusal.TOO_MANY] * 2
    neighbour = replace(_point(0, 1.0, key=OTHER), owner="2")
    assert known.increases([flood[4], neighbour], WHEN) == [Refusal.TOO_MANY, Refusal.FIRST]
    assert known.increases([flood[4]], WHEN + caps.SILENT) == [Refusal.FIRST]


_steps = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 40), st.sampled_from(["counts", "restarts"])), max_size=15
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_steps)
def test_all_that_is_counted_arrives_once_through_restarts(steps: list[tuple[int, int, str]]) -> None:
    Stream.objects.all().delete()
    increases([_point(0, 0.0, start=0.0)])
    total, start, last, found = 0, 0.0, 0.0, []
    for after, more, what in steps:
        if after > 0 and what == "restarts":
            total, start = 0, last + after / 2
        answer = increases([_point(last + after, float(total + more), start=start)])[0]
        if after == 0:
            assert answer is Refusal.REPEATED
            continue
        assert isinstance(answer, Increase)
        assert answer.span > 0
        found.append((answer.value, more))
        total, last = total + more, last + after

    assert [value for value, _ in found] == [more for _, more in found]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(-300, 200), st.floats(0, 1e12)), max_size=15))
def test_no_sequence_of_points_gives_a_negative_increase(points: list[tuple[int, int, float]]) -> None:
    Stream.objects.all().delete()
    for at, start, value in points:
        (answer,) = increases([_point(at, value, start=start)])
        if isinstance(answer, Increase):
            assert isinstance(answer.value, float)
            assert answer.value >= 0
            assert answer.span > 0


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_share_a_stream_agree() -> None:
    together, answers = threading.Barrier(2), []

    def count(points: list[Point]) -> None:
        together.wait()
        for point in points:
            with transaction.atomic():
                answers.extend(increases([point]))
        connection.close()

    points = [_point(at, float(at)) for at in range(20)]
    threads = [threading.Thread(target=count, args=(points[first::2],)) for first in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    gained = sum(answer.value for answer in answers if isinstance(answer, Increase) and isinstance(answer.value, float))
    assert answers.count(Refusal.FIRST) == 1
    assert gained <= 19.0
    assert only(Stream).time == us(19)
    assert only(Stream).value == 19.0
