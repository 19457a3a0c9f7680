"""What the database will take: how fast each class of data grows, where its retention stops that, and the disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Min

from advisor.fleet.models import Host, Service
from advisor.store import partitions, size
from advisor.store.models import StoreSize
from advisor.store.retention import CLASSES, DAY, Kept

_A_DAY: Final = timedelta(days=1)

_DAYS_BACK: Final = timedelta(days=7)
"""By what time growth is told: a week has its quiet days."""


@dataclass(frozen=True, slots=True)
class Course:
    """A class of data, and where it is going.

    Attributes:
        kept: its retention; None for what nothing is deleted from by age.
        bytes: what it takes.
        rows: how many there are, None if unknown.
        growth: bytes a day over the last whole days; None until two of them are known.
        days: for how many days it may grow on before as much goes as comes; None for ever.
    """

    kept: Kept | None
    bytes: int
    rows: int | None
    growth: float | None
    days: float | None

    @property
    def will_be(self) -> float | None:
        """The bytes that it comes to; None where that is not known, or where it has no end."""
        if self.growth is None or self.days is None:
            return None
        return self.bytes + max(self.growth, 0.0) * self.days


@dataclass(frozen=True, slots=True)
class Outlook:
    """The database as a whole.

    Attributes:
        at: when the classes were measured.
        total: bytes now.
        courses: the classes, and what belongs to none.
        is_estimate: True where the bytes of the classes are estimated.
        disk: where it lies; None where that is not seen from here.
    """

    at: datetime
    total: int
    courses: Sequence[Course]
    is_estimate: bool
    disk: size.Disk | None

    @property
    def growth(self) -> float | None:
        """Bytes a day of all together; None until it is known of each."""
        return _known_sum(course.growth for course in self.courses)

    @property
    def will_be(self) -> float | None:
        """Bytes once every class holds all that it may, the rest as it is now."""
        limited = _known_sum(course.will_be for course in self.courses if course.days is not None)
        return None if limited is None else limited + sum(one.bytes for one in self.courses if one.days is None)

    @property
    def full_in(self) -> float | None:
        """Days until the disk is full as things go; None where it never is, or where that is not known."""
        return None if self.disk is None or self.growth is None else days_until(self.disk.free, self.courses)


def outlook(now: datetime) -> Outlook:
    """What the database takes and will take."""
    at, sizes = size.measured(now)
    kinds = {kept.kind: kept for kept in CLASSES}
    since = _since()
    courses = [_course(kinds.get(one.kind), one, since, now) for one in sizes]
    return Outlook(at, size.total(), courses, size.is_estimate(), size.disk())


def days_until(room: float, courses: Iterable[Course]) -> float | None:
    """After how many days the courses have grown by `room` bytes together; None if they never do."""
    growing = [(course.days, course.growth) for course in courses if course.growth is not None and course.growth > 0]
    ends = sorted({days for days, _ in growing if days is not None})
    day = 0.0
    for end in (*ends, None):
        speed = sum(growth for days, growth in growing if days is None or days > day)
        if speed > 0 and (end is None or room <= speed * (end - day)):
            return day + room / speed
        if end is not None:
            room, day = room - speed * (end - day), end
    return None


def _course(kept: Kept | None, now_is: size.Size, since: datetime | None, now: datetime) -> Course:
    growth = _growth(now_is.kind, now - _DAYS_BACK, now)
    if kept is None:
        return Course(None, now_is.bytes, now_is.rows, growth, None)
    longest = timedelta(seconds=_longest(kept))
    full_at = (since or now) + longest
    if full_at > now:
        return Course(kept, now_is.bytes, now_is.rows, growth, (full_at - now) / _A_DAY)
    if growth is not None:  # while a class was filling it grew without more coming: only later days tell of more
        growth = _growth(now_is.kind, max(now - _DAYS_BACK, full_at + _A_DAY), now) or 0.0
    return Course(kept, now_is.bytes, now_is.rows, growth, longest / _A_DAY)


def _longest(kept: Kept) -> float:
    """How long a row may stay: PostgreSQL drops whole days of samples."""
    goes_whole = kept.goes_whole and any(partitions.of(model._meta.db_table) for model, _ in kept.tables)
    return kept.seconds + kept.margin + (DAY if goes_whole else 0.0)


def _growth(kind: str, since: datetime, now: datetime) -> float | None:
    """Bytes a day between the first and the last whole day of a time; None where it has not two."""
    days = StoreSize.objects.filter(kind=kind, day__gte=since.date(), day__lt=now.date()).order_by("day")
    found = list(days.values_list("at", "bytes"))
    if len(found) < 2:
        return None
    (first, before), (last, after) = found[0], found[-1]
    return float(after - before) / ((last - first) / _A_DAY)


def _since() -> datetime | None:
    """When somebody reported first; None where nobody did."""
    firsts = [model._default_manager.aggregate(first=Min("first_seen"))["first"] for model in (Host, Service)]
    return min((first for first in firsts if first is not None), default=None)


def _known_sum(figures: Iterable[float | None]) -> float | None:
    """The sum, None where one of them is not known."""
    known = list(figures)
    return None if None in known else sum(figure for figure in known if figure is not None)
