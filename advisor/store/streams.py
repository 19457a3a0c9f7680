"""Turns cumulative streams of foreign senders into increases, by the last point of each stream.

The last points are rows, read and written in the transaction that stores the increases: restarts and several
ingest processes agree. Out-of-order points are refused, and no reset ever gives a negative increase
(OpenTelemetry metrics data model: "Resets and Gaps").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from advisor.features.histogram import Histogram
from advisor.store.models import Stream
from advisor.store.series_cap import SERIES
from advisor.store.tables import MICROSECONDS

YOUNG_SECONDS = 120.0
"""A stream met for the first time counts from its start if that is this recent: twice the SDKs' 60 s interval.
An older one would put hours of counting into one row, so its first point only sets the mark."""


class Refusal(StrEnum):
    """Why a point gives no increase."""

    FIRST = "the first point of its stream"
    REPEATED = "a point that came before"
    OUT_OF_ORDER = "older than the last point of its stream"
    NO_ROOM = "a new stream beyond those that its token may have"


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a cumulative stream.

    Attributes:
        key: 16 bytes that name the stream: a digest of process, metric and attributes.
        time_us: microseconds since the epoch, the sender's clock.
        start_us: since when it counts, likewise; 0 where unknown.
        value: the running total, finite and not negative, or the distribution so far.
        token_id: who brings it.
    """

    key: bytes
    time_us: int
    start_us: int
    value: float | Histogram
    token_id: int


@dataclass(frozen=True, slots=True)
class Increase:
    """What came since the stream's last point: a number or a distribution, over `span` seconds."""

    value: float | Histogram
    span: float


@dataclass(frozen=True, slots=True)
class _Last:
    time_us: int
    start_us: int
    value: float | Histogram | None


def increases(points: Sequence[Point], now: datetime) -> list[Increase | Refusal]:
    """The increase that each point brings, in the order of the points; inside the caller's transaction.

    Points of one stream may come together; they are taken by their time. `now` is when they came.
    """
    last = _held({point.key: point.token_id for point in points}, now)
    found: dict[int, Increase | Refusal] = {}
    for index in sorted(range(len(points)), key=lambda index: points[index].time_us):
        point = points[index]
        if point.key not in last:
            found[index] = Refusal.NO_ROOM
            continue
        found[index] = _increase(last[point.key], point)
        if not isinstance(found[index], Refusal) or found[index] is Refusal.FIRST:
            last[point.key] = _Last(point.time_us, point.start_us, point.value)
    _store(last)
    return [found[index] for index in range(len(points))]


def _increase(last: _Last, point: Point) -> Increase | Refusal:
    if last.value is None or isinstance(last.value, Histogram) != isinstance(point.value, Histogram):
        age = (point.time_us - point.start_us) / MICROSECONDS
        return Increase(point.value, age) if point.start_us and 0 < age <= YOUNG_SECONDS else Refusal.FIRST
    if point.time_us <= last.time_us:
        return Refusal.REPEATED if point.time_us == last.time_us else Refusal.OUT_OF_ORDER
    # A start that only moved is no reset: some senders round it.
    anew = last.time_us <= point.start_us < point.time_us
    grown = None if anew else _difference(point.value, last.value)
    span = (point.time_us - (point.start_us if anew else last.time_us)) / MICROSECONDS
    return Increase(point.value if grown is None else grown, span)


def _difference(now: float | Histogram, before: float | Histogram) -> float | Histogram | None:
    """What was added, None where the total fell: then it counts from zero again."""
    if isinstance(now, Histogram):
        return now.subtract(before) if isinstance(before, Histogram) else None
    return now - before if not isinstance(before, Histogram) and now >= before else None


def _held(tokens: Mapping[bytes, int], now: datetime) -> dict[bytes, _Last]:
    """The last points, locked until the transaction ends.

    New streams get a place that holds no point yet, as many as their tokens have room for; the others are missing.
    """
    found = _read(tokens)
    missing = sorted(tokens.keys() - found.keys())
    room = SERIES.admit(Counter(tokens[key] for key in missing), now)
    places = list[Stream]()
    for key in missing:
        if room[tokens[key]]:
            room[tokens[key]] -= 1
            places.append(Stream(key=key, time=0, start=0, token_id=tokens[key]))
    if places:
        Stream.objects.bulk_create(places, ignore_conflicts=True)
        found |= _read(bytes(place.key) for place in places)
    return found


def _read(keys: Iterable[bytes]) -> dict[bytes, _Last]:
    rows = Stream.objects.filter(key__in=list(keys)).order_by("key").select_for_update()
    return {
        bytes(row.key): _Last(
            row.time, row.start, row.value if row.histogram is None else Histogram.decode(bytes(row.histogram))
        )
        for row in rows
    }


def _store(last: dict[bytes, _Last]) -> None:
    rows = [
        Stream(
            key=key,
            time=point.time_us,
            start=point.start_us,
            value=None if isinstance(point.value, Histogram) else point.value,
            histogram=point.value.encode() if isinstance(point.value, Histogram) else None,
        )
        for key, point in sorted(last.items())
    ]
    Stream.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["key"], update_fields=["time", "start", "value", "histogram"]
    )
