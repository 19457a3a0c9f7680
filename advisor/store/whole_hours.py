"""Which hours of some owners their rollups of an hour tell whole, and which must be read from minutes still."""

from __future__ import annotations

import math
from collections.abc import Collection

from django.db import connection

from advisor.store.fetch import among, during
from advisor.store.marks import EVERYBODY
from advisor.store.models import HourMark
from advisor.store.tables import HOURS, MINUTES, Table

_MINUTES_OF_HOUR = HOURS // MINUTES


def whole_hours(table: Table, owners: Collection[int], start: float, end: float) -> tuple[list[int], list[int]]:
    """The hours to be read between two moments (Unix seconds), and the minutes for what these do not tell.

    Both count from the epoch. An hour that is marked has not closed yet, or one of its minutes was corrected since; one
    that does not lie in the span as a whole is none.
    """
    first, stop = math.ceil(start / HOURS), math.floor(end / HOURS)
    marks = HourMark.objects.filter(
        width=HOURS, entity=table.entity.value, owner_id__in=[EVERYBODY, *owners], hour__gte=first, hour__lt=stop
    )
    stale = set(marks.values_list("hour", flat=True))
    hours = [hour for hour in range(_oldest(table, owners, first, stop), stop) if hour not in stale]
    told = set(hours)
    minutes = range(math.ceil(start / MINUTES), math.floor(end / MINUTES))
    return hours, [minute for minute in minutes if minute // _MINUTES_OF_HOUR not in told]


def _oldest(table: Table, owners: Collection[int], first: int, stop: int) -> int:
    """The oldest hour that there is, `stop` if none: what is older than these rollups themselves has minutes alone."""
    where = among(table.owner, owners) & during("hour", first, stop - 1)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT MIN("hour") FROM {table.hours.table} WHERE {where.sql}', where.parameters)  # noqa: S608
        (oldest,) = cursor.fetchone()
    return stop if oldest is None else int(oldest)
