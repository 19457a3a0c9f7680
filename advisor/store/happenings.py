"""Gives back what happened in many services at once, and which processes they had, for judging."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection

from advisor.features.window import Happening, Life
from advisor.fleet.models import Instance
from advisor.store import fetch
from advisor.store.fetch import Row, among, microseconds, select
from advisor.store.models import Event
from advisor.store.tables import MICROSECONDS, listed
from advisor.vocabulary.events import BLOCKED, EXITED, PROFILED, STARTED

_NUMBERS: Final = ("instance_id", "pid", "duration", "share", "line", "exit_code", "active")
_OF_LIFE: Final = (
    "service_id",
    "id",
    "host_id",
    "pid",
    "role",
    "service_version",
    "started_at",
)
_SEEN: Final = ("first_seen", "last_seen")
_DATE: Final = {"postgresql": 'EXTRACT(EPOCH FROM "{0}")::float8', "sqlite": '"{0}"'}
"""How a date of Django's is asked for: making one of PostgreSQL's takes longer than all else of a row."""

_WORDS: Final = ("cause", "function", "file", "exception", "signal")


def happenings(
    service_ids: Collection[int], start: float, end: float, since: float | None = None
) -> dict[int, list[Happening]]:
    """Service -> its events from `start` to `end` (Unix seconds), oldest first; starts and ends from `since` on."""
    of_work = among("name", [BLOCKED.name, PROFILED.name]) & microseconds(start, end)
    of_lives = among("name", [STARTED.name, EXITED.name]) & microseconds(start if since is None else since, end)
    where = among("service_id", service_ids) & (of_work | of_lives)
    found: dict[int, list[Happening]] = defaultdict(list)
    for row in sorted(select(Event._meta.db_table, ("service_id", "at", "name", *_NUMBERS, *_WORDS), where), key=_age):
        found[row[0]].append(_happening(row))
    return found


def lives_of(service_ids: Collection[int], since: float) -> dict[int, list[Life]]:
    """Service -> its processes that reported after `since` (Unix seconds), by when they began."""
    where = among("service_id", service_ids) & fetch.since("last_seen", since)
    found: dict[int, list[Life]] = defaultdict(list)
    chosen = where.of(Instance._meta.db_table)
    with connection.cursor() as cursor:
        dates = listed(_SEEN, _DATE[connection.vendor])
        cursor.execute(f"SELECT {listed(_OF_LIFE)}, {dates} {chosen.sql}", chosen.parameters)
        for service_id, *said, first, last in cursor.fetchall():
            instance_id, host_id, pid, role, version, started = said
            life = Life(instance_id, host_id, pid, role, version, started, _unix(first), _unix(last))
            found[service_id].append(life)
    for lives in found.values():
        lives.sort(key=lambda life: (life.seen_first, life.instance_id))
    return found


def _unix(date: datetime | float) -> float:
    """In Unix seconds; SQLite's dates are in UTC, but do not say so."""
    return date.replace(tzinfo=UTC).timestamp() if isinstance(date, datetime) else date


def _age(row: Row) -> tuple[int, str]:
    return row[1], row[2]


def _happening(row: Row) -> Happening:
    said: dict[str, Any] = dict(zip((*_NUMBERS, *_WORDS), row[3:], strict=True))
    return Happening(name=row[2], at=row[1] / MICROSECONDS, **said | {word: said[word] or "" for word in _WORDS})
