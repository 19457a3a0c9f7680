"""Deletes what is older than it is kept, and on PostgreSQL makes and drops the days of the samples."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Min

from advisor.store import partitions
from advisor.store.failpoint import failpoint
from advisor.store.retention import CLASSES, Age, Kept
from advisor.store.tables import TABLES

_log = logging.getLogger(__name__)


def prune(now: datetime) -> int:
    """Delete all whose time is over, class by class; returns how many rows that were.

    A day of samples that goes whole is not counted: nobody looks at its rows.
    """
    for table in TABLES:
        partitions.make(table.samples, now)
    return sum(_pruned(kept, now) for kept in CLASSES)


def _pruned(kept: Kept, now: datetime) -> int:
    deleted = {model: _aged_out(model, age, kept, now) for model, age in kept.tables}
    if any(deleted.values()):
        _log.info("Deleted %s rows of %s that are older than they are kept", f"{sum(deleted.values()):,}", kept.kind)
    return sum(deleted.values())


def _aged_out(model: type[models.Model], age: Age, kept: Kept, now: datetime) -> int:
    table, until = model._meta.db_table, age.at(kept.until(now))
    days = partitions.of(table)
    if not days:
        return _delete_rows(model, age, until)
    partitions.drop(table, until)
    left = (one for one in partitions.of(table) if not (kept.goes_whole and one.is_day))
    return sum(_delete_from(one.name, age, until) for one in left)


def _delete_rows(model: type[models.Model], age: Age, until: Any) -> int:
    """Delete the rows of a table from before `until`."""
    old = model._base_manager.filter(**{f"{age.column}__lt": until})

    def oldest() -> Any:
        return old.aggregate(oldest=Min(age.column))["oldest"]

    return _in_slices(oldest, lambda edge: old.filter(**{f"{age.column}__lt": edge}).delete()[0], until, age.step)


def _delete_from(partition: str, age: Age, until: Any) -> int:
    """The same for one partition, of which Django knows nothing."""
    old = f'FROM {partition} WHERE "{age.column}" < %s'

    def run(statement: str, edge: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(f"{statement} {old}", [edge])
            return cursor.rowcount if cursor.description is None else cursor.fetchone()[0]

    return _in_slices(
        lambda: run(f'SELECT MIN("{age.column}")', until), lambda edge: int(run("DELETE", edge)), until, age.step
    )


def _in_slices(oldest: Callable[[], Any], delete: Callable[[Any], int], until: Any, step: Any) -> int:
    """Delete what lies before `until`, a slice a transaction from the oldest on: stopping midway loses nothing."""
    deleted = 0
    while (start := oldest()) is not None:
        with transaction.atomic():
            deleted += delete(min(until, start + step))
        failpoint("retention.midway")
    return deleted
