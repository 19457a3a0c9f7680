"""Rolls samples up into minutes and hours: as often as something in them changed, each in a slice of its own.

The figures of both come from the samples: a minute does not know how many of its samples had a level, so a mean of
minutes would not be the mean of the hour. The histogram of an hour comes from those of its minutes, which are there
already: merging does not mind in which order it is done, and decoding sixty times fewer takes sixty times less.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from django.db import connection, transaction

from advisor.features.histogram import Histogram
from advisor.store import retention
from advisor.store.failpoint import failpoint
from advisor.store.fetch import Condition, Row, among, during, gathered, select
from advisor.store.marks import EVERYBODY, due, mark_hours, take, take_hours
from advisor.store.models import HourMark
from advisor.store.slices import slices
from advisor.store.tables import HOURS, MICROSECONDS, MINUTE, MINUTES, TABLES, Rollup, Table, listed

_LATE: Final = 1800
"""Seconds beyond the time of samples for which an hour is rolled up still: what came at the last moment waits for its
turn. Pruning leaves the samples of such an hour."""

_CLOSING: Final = 900
"""Seconds after the end of an hour in which it waits: longer than a minute is marked for everybody."""

_SLICE: Final = 5
"""Owners' hours that one transaction computes: with five processes each, 9,000 samples. Fifty took 3 to 4 s, in which
writers of SQLite, and other workers, would wait."""

_UPDATE: Final = 500
"""Histograms that one statement writes."""

_ALONE: Final = 0x5CA11
"""The number of PostgreSQL's advisory lock: any that nobody else takes."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What is computed at once: from `begin` to `end` in Unix seconds, of some owners or (None) of all."""

    begin: int
    end: int
    owners: Collection[int] | None = None

    def samples(self, table: Table) -> Condition:
        """The samples that lie in it."""
        return self._of(table, during("at", self.begin * MICROSECONDS, self.end * MICROSECONDS - 1))

    def minutes(self, table: Table) -> Condition:
        """The minutes that lie in it."""
        return self._of(table, during("minute", self.begin // MINUTES, self.end // MINUTES - 1))

    def _of(self, table: Table, when: Condition) -> Condition:
        return when if self.owners is None else when & among(table.owner, self.owners)


def roll_up(now: datetime, seconds: float = math.inf) -> bool:
    """Roll up what changed since the last time; True where `seconds` were over before all was done.

    Full minutes first and the newest first, then the hours of those who came late, then full hours. Each slice is
    computed anew, in a transaction of its own: stopping midway loses nothing, and a late sample corrects its minute and
    its hour. Hours (and their minutes) whose samples may be pruned already stay as they are.
    """
    given_up = time.monotonic() + seconds
    return any(time.monotonic() >= given_up for _ in _slices(int(now.timestamp())))


def _slices(now: int) -> Iterator[None]:
    for minute in due(now // MINUTES):
        _roll_minute(minute, now)
        yield
    closed = (now - _CLOSING) // HOURS
    for width, before in ((MINUTES, now // HOURS + 1), (HOURS, closed)):
        while _roll_hours(width, before, now):
            yield


def _roll_minute(minute: int, now: int) -> None:
    hour = minute * MINUTES // HOURS
    with transaction.atomic():
        _wait_for_others()
        if not take(minute):
            return
        kept = [table for table in TABLES if not _is_over(table, hour, now)]
        for table in kept:
            _roll(table, table.minutes, _Stretch(minute * MINUTES, (minute + 1) * MINUTES))
        mark_hours(hour, [(table.entity, EVERYBODY) for table in kept])


def _roll_hours(width: int, before: int, now: int) -> bool:
    """Roll up a slice of the marked hours; False if there is none left."""
    with transaction.atomic():
        _wait_for_others()
        marks = take_hours(width, before, _SLICE)
        for (hour, entity), group in groupby(marks, lambda one: (one.hour, one.entity)):
            (table,) = (table for table in TABLES if table.entity == entity)
            if not _is_over(table, hour, now):
                _roll_owners(table, width, hour, [one.owner_id for one in group])
    return bool(marks)


def _roll_owners(table: Table, width: int, hour: int, owners: list[int]) -> None:
    if EVERYBODY in owners:
        _mark_each(table, hour)
    _roll(table, table.rollup(width), _Stretch(hour * HOURS, (hour + 1) * HOURS, owners))
    if width == MINUTES:
        mark_hours(hour, [(table.entity, owner) for owner in owners])


def _is_over(table: Table, hour: int, now: int) -> bool:
    """Its samples of that hour may be pruned already."""
    return (hour + 1) * HOURS <= now - int(retention.of(table.samples).seconds) - _LATE


def _wait_for_others() -> None:
    """One at a time: a minute is marked for everybody and, with its hour, for an owner; who computes it with fewer
    samples must not write last. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ALONE])


def _mark_each(table: Table, hour: int) -> None:
    """Instead of the mark for everybody, one for each owner: their hours are computed slice by slice."""
    marks = HourMark._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {marks} (width, hour, entity, owner_id) "  # noqa: S608  # names of our own
            f'SELECT DISTINCT {HOURS}, {hour}, %s, "{table.owner}" FROM {table.minutes.table} '
            f'WHERE "minute" BETWEEN %s AND %s ON CONFLICT DO NOTHING',
            [table.entity.value, hour * HOURS // MINUTES, (hour + 1) * HOURS // MINUTES - 1],
        )


def _roll(table: Table, rollup: Rollup, stretch: _Stretch) -> None:
    _summarise(table, rollup, stretch)
    failpoint("rollup.midway")
    _merge(table, rollup, stretch)


def _summarise(table: Table, rollup: Rollup, stretch: _Stretch) -> None:
    columns = {column: sql for name in table.figures for column, sql in _aggregates(rollup, name)}
    series, cell = listed(table.series), f'"at" / {rollup.seconds * MICROSECONDS}'
    into = listed((*table.series, rollup.column, "n", *columns))
    news = listed(("n", *columns), '"{0}" = excluded."{0}"')
    where = stretch.samples(table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {rollup.table} ({into}) "  # noqa: S608  # names of our own
            f"SELECT {series}, {cell}, COUNT(*), {', '.join(columns.values())} FROM {table.samples} "
            f"WHERE {where.sql} GROUP BY {series}, {cell} "
            f"ON CONFLICT ({listed((*table.series, rollup.column))}) DO UPDATE SET {news}",
            where.parameters,
        )


def _aggregates(rollup: Rollup, name: str) -> Iterator[tuple[str, str]]:
    """A rollup's columns for one figure, each with what it is computed from."""
    return zip(rollup.rolled(name), rollup.aggregated(name), strict=True)


def _merge(table: Table, rollup: Rollup, stretch: _Stretch) -> None:
    """Merge the histograms of each series: no database knows how to."""
    if table.blob is None:
        return
    parts = _parts(table, rollup, stretch)
    merged = [
        (*key, Histogram.merge(*(Histogram.decode(blob) for (blob,) in found)).encode())
        for key, found in gathered(parts, len(table.series) + 1).items()
    ]
    for some in slices(merged, _UPDATE):
        _put(table, rollup, some)


def _parts(table: Table, rollup: Rollup, stretch: _Stretch) -> Iterator[Row]:
    """Series, number of the rollup's row and encoded histogram of each that is merged."""
    if rollup.seconds == MINUTES:
        source, column, unit, where = table.samples, "at", MINUTE, stretch.samples(table)
    else:
        source, column, unit, where = table.minutes.table, "minute", HOURS // MINUTES, stretch.minutes(table)
    known = Condition(f'"{table.blob}" IS NOT NULL', ())
    for *series, when, blob in select(source, (*table.series, column, str(table.blob)), where & known):
        yield (*series, when // unit, blob)


def _put(table: Table, rollup: Rollup, merged: Sequence[Row]) -> None:
    key = (*table.series, rollup.column)
    width = len(key) + 1
    values = ", ".join([f"({', '.join(['%s'] * width)})"] * len(merged))
    same = " AND ".join(f'old."{name}" = new.column{place}' for place, name in enumerate(key, start=1))
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE {rollup.table} AS old SET "{table.blob}" = new.column{width} '  # noqa: S608  # names of our own
            f"FROM (VALUES {values}) AS new WHERE {same}",
            [value for row in merged for value in row],
        )
