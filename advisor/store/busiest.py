"""How much a service did in its busiest hours, all its processes together."""

from __future__ import annotations

import math

import numpy as np
from django.db import connection

from advisor.store.fetch import Condition, among, during
from advisor.store.tables import PROCESS

QUANTILE = 0.99
"""What stands for the busiest of a week's hours (decision model P1): an odd hour or two do not count."""

_MINUTE = 60.0
_WORK = 'COALESCE("loop_active", "loop_utilization" * 60, "cpu_main", "cpu_user" + "cpu_system")'
"""Seconds of work in a minute of a process; where the loop is not measured its thread's CPU time stands for it."""

_SERVING = '"instance_id" IN (SELECT "id" FROM "fleet_instance" WHERE "service_id" = %s AND "role" <> \'primary\')'


def busiest(service_id: int, start: float, end: float, hour: float) -> float:
    """The work of the busiest hours between two moments (Unix seconds), in erlangs; NaN where nothing is known.

    What was not reported counts as no work: processes that lived for a part of an hour, old and new ones of a deploy
    side by side, add what they did. `hour` is how many seconds one lasts; rollups are no finer than a minute.
    """
    minutes = max(1, round(hour / _MINUTE))
    where = among(PROCESS.owner, [service_id]) & Condition(_SERVING, (service_id,))
    where &= during("minute", math.ceil(start / _MINUTE), math.floor(end / _MINUTE) - 1)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT SUM({_WORK}) FROM {PROCESS.minutes.table} WHERE {where.sql} GROUP BY "minute" / {minutes}',  # noqa: S608
            where.parameters,
        )
        hours = [float(seconds) for (seconds,) in cursor.fetchall() if seconds is not None]
    return float(np.quantile(hours, QUANTILE)) / (minutes * _MINUTE) if hours else math.nan
