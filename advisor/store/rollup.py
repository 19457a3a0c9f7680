"""Rolls samples up into minutes: from the samples, as often as something in a minute changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction

from advisor.features.histogram import Histogram
from advisor.store import retention
from advisor.store.columns import aggregated, rolled
from advisor.store.failpoint import failpoint
from advisor.store.fetch import Row, during, gathered, select
from advisor.store.marks import due, take
from advisor.store.tables import MINUTE, TABLES, Table, listed

_LATE = 30
"""Minutes beyond the time of samples that are rolled up still: what came at the last moment waits for its turn. Pruning
leaves the samples of an hour beyond it."""

_UPDATE = 500
"""Histograms that one statement writes."""


def roll_up(now: datetime, limit: int = 100) -> int:
    """Roll up the full minutes in which samples came since the last time; returns how many it did.

    At most `limit` of them, the newest first: where as many came back there may be more to do. Each minute
    is computed anew from its samples, in a transaction of its own: stopping midway loses nothing, and a
    late sample corrects its minute. Minutes whose samples may be pruned already stay as they are.
    """
    current = int(now.timestamp()) // 60
    return sum(_roll(minute, current) for minute in due(current, limit))


def _roll(minute: int, current: int) -> bool:
    with transaction.atomic():
        if not take(minute):
            return False
        for table in TABLES:
            if minute >= current - int(retention.of(table.samples).seconds / 60) - _LATE:
                _summarise(table, minute)
                failpoint("rollup.midway")
                _merge(table, minute)
    return True


def _summarise(table: Table, minute: int) -> None:
    columns = {column: sql for name in table.figures for column, sql in _aggregates(table, name)}
    series = listed(table.series)
    into = listed((*table.series, "minute", "n", *columns))
    news = listed(("n", *columns), '"{0}" = excluded."{0}"')
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table.minutes} ({into}) "  # noqa: S608  # names of our own
            f"SELECT {series}, {minute}, COUNT(*), {', '.join(columns.values())} FROM {table.samples} "
            f'WHERE "at" BETWEEN %s AND %s GROUP BY {series} '
            f"ON CONFLICT ({listed((*table.series, 'minute'))}) DO UPDATE SET {news}",
            [minute * MINUTE, (minute + 1) * MINUTE - 1],
        )


def _aggregates(table: Table, name: str) -> Iterator[tuple[str, str]]:
    """A rollup's columns for one figure, each with what it is computed from."""
    return zip(rolled(table.entity, name), aggregated(table.entity, name), strict=True)


def _merge(table: Table, minute: int) -> None:
    """Merge the histograms of a minute: no database knows how to."""
    if table.blob is None:
        return
    where = during("at", minute * MINUTE, (minute + 1) * MINUTE - 1)
    rows = select(table.samples, (*table.series, table.blob), where)
    merged = [
        (*series, Histogram.merge(*(Histogram.decode(blob) for (blob,) in found)).encode())
        for series, found in gathered((row for row in rows if row[-1] is not None), len(table.series)).items()
    ]
    for start in range(0, len(merged), _UPDATE):
        _put(table, minute, merged[start : start + _UPDATE])


def _put(table: Table, minute: int, merged: Sequence[Row]) -> None:
    width = len(table.series) + 1
    values = ", ".join([f"({', '.join(['%s'] * width)})"] * len(merged))
    same = " AND ".join(f'old."{name}" = new.column{place}' for place, name in enumerate(table.series, start=1))
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE {table.minutes} AS old SET "{table.blob}" = new.column{width} '  # noqa: S608  # names of our own
            f'FROM (VALUES {values}) AS new WHERE old."minute" = {minute} AND {same}',
            [value for row in merged for value in row],
        )
