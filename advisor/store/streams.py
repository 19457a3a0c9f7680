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
from advisor.fleet import caps
from advisor.fleet.memory import Memory
from advisor.store.models import Stream
from advisor.store.series_cap import SERIES
from advisor.store.tables import MICROSECONDS

YOUNG_SECONDS = 120.0
"""A stream met for the first time counts from its start if that is this recent: twice the SDKs' 60 s interval.
An older one would put hours of counting into one row, so its first point only sets the mark."""

MOST_BEGUN = 2_000
"""New streams of a process within `caps.SILENT`, to each ingest process: as many attribute sets as an SDK keeps of one
metric. One process that puts an id of its users into an attribute would else use up the series of a whole gateway."""

_REMEMBERED = 20_000


class Refusal(StrEnum):
    """Why a point gives no increase."""

    FIRST = "the first point of its stream"
    REPEATED = "a point that came before"
    OUT_OF_ORDER = "older than the last point of its stream"
    NO_ROOM = "a new stream beyond those that its token may have"
    TOO_MANY = "a new stream beyond those that a process may begin within an hour"


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a cumulative stream.

    Attributes:
        key: 16 bytes that name the stream: a digest of process, metric and attributes.
        time_us: microseconds since the epoch, the sender's clock.
        start_us: since when it counts, likewise; 0 where unknown.
        value: the running total, finite and not negative, or the distribution so far.
        token_id: who brings it.
        owner: names the process or host that it is of.
    """

    key: bytes
    time_us: int
    start_us: int
    value: float | Histogram
    token_id: int
    owner: str


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


class Streams:
    """One object serves one writer: it remembers how many streams each process began lately."""

    def __init__(self) -> None:
        self._begun = Memory[str, tuple[datetime, int]](_REMEMBERED)

    def increases(self, points: Sequence[Point], now: datetime) -> list[Increase | Refusal]:
        """The increase that each point brings, in the order of the points; inside the caller's transaction.

        Points of one stream may come together; they are taken by their time. `now` is when they came.
        """
        last, refused = self._held({point.key: point for point in points}, now)
        found: dict[int, Increase | Refusal] = {}
        for index in sorted(range(len(points)), key=lambda index: points[index].time_us):
            point = points[index]
            if point.key in refused:
                found[index] = refused[point.key]
                continue
            found[index] = _increase(last[point.key], point)
            if not isinstance(found[index], Refusal) or found[index] is Refusal.FIRST:
                last[point.key] = _Last(point.time_us, point.start_us, point.value)
        _store(last)
        return [found[index] for index in range(len(points))]

    def _held(self, points: Mapping[bytes, Point], now: datetime) -> tuple[dict[bytes, _Last], dict[bytes, Refusal]]:
        """The last points, locked until the transaction ends, and why there is no place for the other streams.

        New streams get a place that holds no point yet, as far as their process and their token have room.
        """
        found = _read(points)
        new = [points[key] for key in sorted(points.keys() - found.keys())]
        if not new:
            return found, {}
        refused = {point.key: Refusal.TOO_MANY for point in new if not self._begins(point.owner, now)}
        begun = [point for point in new if point.key not in refused]
        room = SERIES.admit(Counter(point.token_id for point in begun), now)
        places = list[Stream]()
        for point in begun:
            if room[point.token_id]:
                room[point.token_id] -= 1
                places.append(Stream(key=point.key, time=0, start=0, token_id=point.token_id))
            else:
                refused[point.key] = Refusal.NO_ROOM
        Stream.objects.bulk_create(places, ignore_conflicts=True)
        return found | _read(bytes(place.key) for place in places), refused

    def _begins(self, owner: str, now: datetime) -> bool:
        """Whether a process may begin one more stream; it counts as begun."""
        since, count = self._begun.find(owner) or (now, 0)
        if abs(now - since) >= caps.SILENT:
            since, count = now, 0
        if count < MOST_BEGUN:
            self._begun[owner] = since, count + 1
        return count < MOST_BEGUN


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
