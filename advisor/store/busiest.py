"""How much a service did in its busiest hours, all its processes together."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Final

import numpy as np
from django.db import connection

from advisor.store.fetch import Condition, Row, among, during
from advisor.store.tables import HOURS, MINUTES, PROCESS
from advisor.store.whole_hours import whole_hours

QUANTILE = 0.99
"""What stands for the busiest of a week's hours (decision model P1): an odd hour or two do not count."""

_PROCESSOR: Final = '"cpu_main", "cpu_user" + "cpu_system"'
_IN_MINUTE: Final = f'SUM(COALESCE("loop_active", "loop_utilization" * {MINUTES}, {_PROCESSOR}))'
"""Seconds of work in a minute of a process; where the loop is not measured its thread's CPU time stands for it."""

_IN_HOUR: Final = f'SUM(COALESCE("loop_active", {_PROCESSOR}))'
_COVERED: Final = 'COALESCE("loop_active_span", "cpu_main_span", "cpu_user_span", 0)'
_IS_MIXED: Final = (
    '("loop_active" IS NULL AND "loop_utilization" IS NOT NULL) '
    f'OR {_COVERED} + {MINUTES} < COALESCE("cpu_main_span", 0) OR {_COVERED} + {MINUTES} < COALESCE("cpu_user_span", 0)'
)
"""An hour of a process does not tell it: of a share nobody knows of how long, or it was measured in a part only."""

_SERVING = '"instance_id" IN (SELECT "id" FROM "fleet_instance" WHERE "service_id" = %s AND "role" <> \'primary\')'


def busiest(service_id: int, start: float, end: float, hour: float) -> float:
    """The work of the busiest hours between two moments (Unix seconds), in erlangs; NaN where nothing is known.

    What was not reported counts as no work: processes that lived for a part of an hour, old and new ones of a deploy
    side by side, add what they did. `hour` is how many seconds one lasts; rollups are no finer than a minute.
    """
    minutes = max(1, round(hour / MINUTES))
    if minutes * MINUTES == HOURS:
        found = _of_hours(service_id, start, end)
    else:
        when = during("minute", math.ceil(start / MINUTES), math.floor(end / MINUTES) - 1)
        found = _of_minutes(service_id, minutes, when)
    hours = [float(seconds) for seconds in found if seconds is not None]
    return float(np.quantile(hours, QUANTILE)) / (minutes * MINUTES) if hours else math.nan


def _of_hours(service_id: int, start: float, end: float) -> list[float | None]:
    """The work of each hour, from its rollup where that tells it."""
    hours, minutes = whole_hours(PROCESS, [service_id], start, end)
    figures = f'"hour", {_IN_HOUR}, MAX(CASE WHEN {_IS_MIXED} THEN 1 ELSE 0 END)'
    told = _asked(service_id, PROCESS.hours.table, figures, among("hour", hours), '"hour"')
    mixed = [hour for hour, _, is_mixed in told if is_mixed]
    minutes += [minute for hour in mixed for minute in _minutes(hour)]
    return [
        *(seconds for _, seconds, is_mixed in told if not is_mixed),
        *_of_minutes(service_id, HOURS // MINUTES, among("minute", minutes)),
    ]


def _minutes(hour: int) -> Collection[int]:
    return range(hour * HOURS // MINUTES, (hour + 1) * HOURS // MINUTES)


def _of_minutes(service_id: int, width: int, when: Condition) -> list[float | None]:
    """The work of each `width` minutes."""
    found = _asked(service_id, PROCESS.minutes.table, _IN_MINUTE, when, f'"minute" / {width}')
    return [seconds for (seconds,) in found]


def _asked(service_id: int, table: str, figures: str, when: Condition, cell: str) -> list[Row]:
    where = among(PROCESS.owner, [service_id]) & Condition(_SERVING, (service_id,)) & when
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {figures} FROM {table} WHERE {where.sql} GROUP BY {cell}", where.parameters)  # noqa: S608
        rows: list[Row] = cursor.fetchall()
    return rows
