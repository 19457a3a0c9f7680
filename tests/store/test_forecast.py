"""A class grows until it is as old as it is kept; what is not known is not made up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from advisor.fleet.models import Host
from advisor.store import forecast, samples, size
from advisor.store.forecast import Course, Outlook, days_until
from advisor.store.models import StoreSize
from advisor.store.retention import CLASSES
from tests.store.builders import WHEN, host

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MB = 1_000_000
ROOM = size.Disk(1000 * MB, 100 * MB)


@pytest.fixture(autouse=True)
def _thirty_days(settings: Settings) -> None:
    settings.ROLLUP_DAYS = 30.0


def reporting_for(days: float) -> None:
    Host.objects.filter(pk=host().pk).update(first_seen=WHEN - days * DAY)


def measured(kind: str, *megabytes: float) -> None:
    """What was measured on each of the last days, just now the last."""
    for ago, size_then in enumerate(reversed(megabytes)):
        at = WHEN - ago * DAY
        StoreSize.objects.create(day=at.date(), kind=kind, bytes=size_then * MB, rows=10, at=at)


def course_of(kind: str) -> Course:
    (found,) = (one for one in samples.outlook(WHEN).courses if one.kept is not None and one.kept.kind == kind)
    return found


def test_at_first_nothing_is_known_but_what_is_there() -> None:
    found = samples.outlook(WHEN)
    assert [one.kept.kind if one.kept else "rest" for one in found.courses] == [*(c.kind for c in CLASSES), "rest"]
    assert (found.growth, found.will_be, found.full_in) == (None, None, None)
    assert found.total > 0


@pytest.mark.parametrize(("days", "growth"), [((5,), None), ((4, 5), None), ((3, 4, 5), 1 * MB)])
def test_growth_takes_two_whole_days(days: tuple[float, ...], growth: float | None) -> None:
    reporting_for(3)
    measured("minutes", *days)
    assert course_of("minutes").growth == growth


def test_a_class_that_fills_grows_until_it_is_as_old_as_it_is_kept() -> None:
    reporting_for(10)
    measured("minutes", 5, 6, 7, 8, 9)
    found = course_of("minutes")
    assert (found.growth, found.days, found.will_be) == (1 * MB, 20, 29 * MB)


def test_a_class_that_is_full_stays_as_it_is() -> None:
    reporting_for(60)
    measured("minutes", 9, 9, 9, 9)
    assert course_of("minutes").will_be == 9 * MB


def test_where_more_comes_than_before_it_grows_by_as_much_each_day_of_its_time() -> None:
    reporting_for(60)
    measured("minutes", 9, 10, 11, 12)
    assert course_of("minutes").will_be == (12 + 30) * MB


def test_growth_from_before_it_was_full_is_none_now() -> None:
    reporting_for(32)
    measured("minutes", 6, 7, 8, 9, 9, 9, 9)
    assert course_of("minutes").will_be == 9 * MB


def test_what_shrinks_is_not_expected_to_vanish() -> None:
    reporting_for(60)
    measured("minutes", 9, 8, 7, 6)
    found = course_of("minutes")
    assert (found.growth, found.will_be) == (-1 * MB, 6 * MB)


def test_all_together_and_their_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "disk", lambda: ROOM)
    reporting_for(10)
    for kind in (*(kept.kind for kept in CLASSES), size.REST):
        measured(kind, 10, 10, 10, 10)
    StoreSize.objects.filter(kind="minutes", day=(WHEN - DAY).date()).update(bytes=30 * MB)

    found = samples.outlook(WHEN)
    assert found.growth == pytest.approx(10 * MB)
    assert found.will_be == pytest.approx(10 * MB * (len(CLASSES) + 1) + 20 * 10 * MB)
    assert found.full_in == pytest.approx(10)


def _grows(*pairs: tuple[float | None, float | None]) -> list[Course]:
    return [Course(None, 0, 0, growth, days) for days, growth in pairs]


@pytest.mark.parametrize(
    ("courses", "days"),
    [
        (_grows(), None),
        (_grows((None, None)), None),
        (_grows((5, 10)), None),
        (_grows((10, 10)), 10),
        (_grows((None, 10)), 10),
        (_grows((5, 10), (None, 5)), 5 + 25 / 5),
        (_grows((2, 10), (4, 10), (None, 10)), 4 + (100 - 60 - 40) / 10),
        (_grows((2, 10), (4, 10), (None, 5)), 4 + (100 - 50 - 30) / 5),
        (_grows((20, -10), (20, 10)), 10),
        (_grows((None, 0)), None),
    ],
)
def test_the_disk_is_full_when_all_have_grown_by_its_room(courses: list[Course], days: float | None) -> None:
    assert days_until(100.0, courses) == days


def test_without_a_disk_nobody_knows_when_it_is_full() -> None:
    courses = _grows((None, 10))
    assert Outlook(WHEN, 10, courses, False, None).full_in is None
    assert Outlook(WHEN, 10, courses, False, ROOM).full_in == 10 * MB
    assert forecast.days_until(0.0, courses) == 0
