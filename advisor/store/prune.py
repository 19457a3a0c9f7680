"""Deletes what is older than it is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from advisor.fleet import caps
from advisor.store.failpoint import failpoint
from advisor.store.models import Batch, Event, LeftOut, PartName, Stream
from advisor.store.tables import MICROSECONDS, MINUTE, TABLES

BATCHES_KEPT = timedelta(days=7)
"""How long a batch is known again: longer than any agent keeps one."""

LOSSES_KEPT = timedelta(days=30)
"""How long it is known what was left out."""

_MARGIN = 3600
"""Seconds that samples stay beyond their time, so that a rollup never meets a minute half deleted."""

_SLICE = 3600 * MICROSECONDS
"""What one transaction deletes: an hour, so that writers wait little."""


def prune(now: datetime) -> int:
    """Delete all whose time is over, counts of what was left out too; returns how many rows of samples those were.

    Events stay as long as the rollups: they say why a line moved.
    """
    samples_until = round((now.timestamp() - settings.RAW_HOURS * 3600 - _MARGIN) * MICROSECONDS)
    minutes_until = int((now.timestamp() - settings.ROLLUP_DAYS * 86400) // 60)
    deleted = 0
    for table in TABLES:
        deleted += _delete(table.samples, "at", samples_until, _SLICE)
        deleted += _delete(table.minutes, "minute", minutes_until, _SLICE // MINUTE)
    _delete(Event._meta.db_table, "at", minutes_until * MINUTE, _SLICE)
    Batch.objects.filter(received_at__lt=now - BATCHES_KEPT).delete()
    Stream.objects.filter(time__lt=samples_until).delete()
    PartName.objects.filter(seen_at__lt=round((now - caps.SILENT).timestamp() * MICROSECONDS)).delete()
    LeftOut.objects.filter(day__lt=(now - LOSSES_KEPT).date()).delete()
    return deleted


def _delete(table: str, column: str, until: int, step: int) -> int:
    """Delete what lies before `until`, slice by slice from the oldest."""
    deleted = 0
    while (oldest := _oldest(table, column)) is not None and oldest < until:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f'DELETE FROM {table} WHERE "{column}" < %s',  # noqa: S608  # names of our own
                [min(until, oldest + step)],
            )
            deleted += cursor.rowcount
        failpoint("retention.midway")
    return deleted


def _oldest(table: str, column: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT MIN("{column}") FROM {table}')  # noqa: S608  # names of our own
        (oldest,) = cursor.fetchone()
    return None if oldest is None else int(oldest)
