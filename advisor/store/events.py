"""Keeps what happened in processes, and gives it back newest first.

An event is known by its process, its moment on that process's clock, its name and its ordinal.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection

from advisor.fleet.models import Instance
from advisor.fleet.text import clean
from advisor.store.fetch import Condition, among, during, select
from advisor.store.models import Event
from advisor.store.rows import EventRow
from advisor.store.tables import MICROSECONDS
from advisor.vocabulary.events import ATTRIBUTES, EVENTS

HOURLY = 1_000
"""Most events that are kept of one process and hour: a process that tells of everything must not fill the disk."""

_HOUR = 3600 * MICROSECONDS
_KEY = ("service_id", "instance_id", "time", "name", "ordinal")
_SAID = tuple(column for column in ATTRIBUTES.values() if column not in _KEY)

_Key = tuple[int, int, int, str, int]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event, as its process told it; None where it did not say.

    Attributes:
        name: of `vocabulary.events.EVENTS`.
        at: when it happened, Unix seconds of the server's clock.
        instance_id: the process that it happened in.
        instance_pid: the id of that process on its machine; 0 where it is not known.
        host: the name of that machine; empty where it is not known.
        ordinal: tells events of one name and moment apart, from 0.
        duration: seconds.
        delay: seconds from the start of a block until it was seen who it was.
        share: 0 to 1.
        active: requests in flight as the process ended.
        pid: another process that the event is about: the child that a primary saw end.
    """

    name: str
    at: float
    instance_id: int
    instance_pid: int
    host: str
    ordinal: int
    duration: float | None = None
    delay: float | None = None
    cause: str | None = None
    share: float | None = None
    function: str | None = None
    file: str | None = None
    line: int | None = None
    exception: str | None = None
    exit_code: int | None = None
    signal: str | None = None
    active: int | None = None
    pid: int | None = None


def events(
    service_id: int, start: float, end: float, limit: int, names: Collection[str] = tuple(EVENTS)
) -> list[StoredEvent]:
    """At most `limit` events of a service between two moments, the newest first; two queries.

    Args:
        service_id: primary key of `fleet.Service`; one that is not there has no events.
        start: Unix seconds of the server's clock, included.
        end: as `start`.
        limit: how many at most.
        names: of what kinds.
    """
    span = (round(start * MICROSECONDS), round(end * MICROSECONDS))
    found = Event.objects.filter(service_id=service_id, at__range=span, name__in=names)
    rows = list(found.order_by("-at", "name", "ordinal")[:limit])
    tellers = Instance.objects.select_related("host").in_bulk({row.instance_id for row in rows})
    return [_event(row, tellers.get(row.instance_id)) for row in rows]


def _event(row: Event, teller: Instance | None) -> StoredEvent:
    return StoredEvent(
        name=row.name,
        at=row.at / MICROSECONDS,
        instance_id=row.instance_id,
        instance_pid=teller.pid if teller else 0,
        host=teller.host.name if teller and teller.host else "",
        ordinal=row.ordinal,
        **{column: getattr(row, column) for column in _SAID},
    )


def fits(rows: Sequence[EventRow]) -> list[bool]:
    """Which rows their process's hour has room for, the first ones first; one that is there already always fits.

    Inside the transaction that writes them. Several writers count apart, so a few more may be kept.
    """
    if not rows:
        return []
    whose = among("service_id", {row.service_id for row in rows}) & among("instance_id", {r.instance_id for r in rows})
    kept = _kept(whose, [row.time_us for row in rows])
    known: set[_Key] = set(select(Event._meta.db_table, _KEY, whose & among("time", {row.time_us for row in rows})))
    return [_fits(row, known, kept) for row in rows]


def _fits(row: EventRow, known: set[_Key], kept: Counter[tuple[int, int, int]]) -> bool:
    """Whether there is room for one more, which then takes it."""
    key, hour = _key(row), (row.service_id, row.instance_id, row.time_us // _HOUR)
    if key in known:
        return True
    if kept[hour] >= HOURLY:
        return False
    kept[hour] += 1
    known.add(key)
    return True


def _kept(whose: Condition, times: Sequence[int]) -> Counter[tuple[int, int, int]]:
    """(service, instance, hour) -> how many events are there, for the hours of these times."""
    where = whose & during("time", min(times) // _HOUR * _HOUR, max(times) // _HOUR * _HOUR + _HOUR - 1)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT service_id, instance_id, "time" / {_HOUR}, COUNT(*) FROM {Event._meta.db_table} '  # noqa: S608
            f"WHERE {where.sql} GROUP BY 1, 2, 3",
            where.parameters,
        )
        return Counter({(service, instance, hour): count for service, instance, hour, count in cursor.fetchall()})


def put(rows: Sequence[EventRow]) -> None:
    """Write events inside the caller's transaction; one that is there already becomes what its row says."""
    if not rows:
        return
    latest = {_key(row): row for row in rows}
    # In the order of their keys: two writers then lock rows in the same order.
    Event.objects.bulk_create(
        [_record(latest[key]) for key in sorted(latest)],
        update_conflicts=True,
        unique_fields=_KEY,
        update_fields=("at", *_SAID),
    )


def _record(row: EventRow) -> Event:
    offset = row.clock_offset if math.isfinite(row.clock_offset) else 0.0
    said = {column: _cut(column, row.values.get(column)) for column in _SAID}
    at = row.time_us + round(offset * MICROSECONDS)
    return Event(**dict(zip(_KEY, _key(row), strict=True)), at=at, **said)


def _cut(column: str, value: str | float | None) -> str | float | None:
    longest: int | None = getattr(Event._meta.get_field(column), "max_length", None)
    return value if longest is None or value is None else clean(value, longest)


def _key(row: EventRow) -> _Key:
    return row.service_id, row.instance_id, row.time_us, row.name, row.ordinal
