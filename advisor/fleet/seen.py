"""Many rows of the fleet at once, in one statement each: when they were seen, and whose they are."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

from advisor.fleet.models import Instance, Service


def touch(
    model: type[models.Model], field: str, ids: Collection[int], now: datetime, fresh: timedelta = timedelta(0)
) -> None:
    """Write `now` into a field of some rows, inside the caller's transaction.

    Rows that another process is touching are left to it, so that nobody waits and nobody deadlocks.

    Args:
        model: of what.
        field: a moment; where there is none yet, it is written.
        ids: primary keys.
        now: when they were seen.
        fresh: rows whose moment is so near to `now`, or later, stay as they are.
    """
    if not ids:
        return
    listed, values = among(ids)
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    table, adapt = model._meta.db_table, connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {field} = %s WHERE id IN (SELECT id FROM {table} WHERE id {listed} "  # noqa: S608
            f"AND ({field} < %s OR {field} IS NULL) {lock})",
            [adapt(now), values, adapt(now - fresh)],
        )


def services_of(ids: Collection[int]) -> list[tuple[Any, ...]]:
    """Instance, service, whether that serves, and who reports from inside, of those instances that are there."""
    if not ids:
        return []
    listed, values = among(ids)
    instances, services = Instance._meta.db_table, Service._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT one.id, one.service_id, its.serves, one.inside FROM {instances} AS one "  # noqa: S608
            f"JOIN {services} AS its ON its.id = one.service_id WHERE one.id {listed}",
            [values],
        )
        return list(cursor.fetchall())


def among(values: Iterable[int | str]) -> tuple[str, Any]:
    """Being one of the values, as a condition with one parameter, however many there are, and that parameter."""
    if connection.vendor == "postgresql":
        return "= ANY(%s)", _array(list(values))
    return "IN (SELECT value FROM json_each(%s))", json.dumps(list(values))


def _array(values: list[int | str]) -> Any:
    """An array for the driver; of whole numbers as PostgreSQL writes it, since the driver looks for quotes in each."""
    if all(isinstance(value, int) for value in values):
        return f"{{{','.join(map(str, values))}}}"
    return values
