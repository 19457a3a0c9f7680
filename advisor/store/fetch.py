"""Reads rows of a table, gathered by series."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from django.db import connection

from advisor.features.window import Array
from advisor.fleet import seen
from advisor.store.columns import SLOT
from advisor.store.tables import MICROSECONDS, listed

Row = tuple[Any, ...]

_SLOTS: Final = 20_000
"""Most slots that a query names: 55 hours, where samples are kept for 48. What is longer is read by its time alone."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a WHERE clause and its parameters.

    Attributes:
        sql: the clause.
        parameters: its values.
        lists: names that `sql` uses for the values of a list in JSON. A table is searched for each combination of
            their values, the first list outermost.
    """

    sql: str
    parameters: tuple[Any, ...]
    lists: tuple[tuple[str, str], ...] = ()

    def __and__(self, other: Condition) -> Condition:
        parameters = (*self.parameters, *other.parameters)
        return Condition(f"({self.sql}) AND ({other.sql})", parameters, self.lists + other.lists)

    def __or__(self, other: Condition) -> Condition:
        if self.lists or other.lists:
            raise ValueError("rows found by lists would come once for each of their values: join such conditions by &")
        return Condition(f"({self.sql}) OR ({other.sql})", (*self.parameters, *other.parameters))

    def __invert__(self) -> Condition:
        if self.lists:
            raise ValueError("what no list leads to cannot be looked up by it")
        return Condition(f"NOT ({self.sql})", self.parameters)

    def of(self, table: str) -> Condition:
        """FROM and WHERE of a statement that reads these rows of a table."""
        lists = "".join(f'(SELECT value AS "{name}" FROM json_each(%s)) CROSS JOIN ' for name, _ in self.lists)  # noqa: S608
        return Condition(f"FROM {lists}{table} WHERE {self.sql}", (*(each for _, each in self.lists), *self.parameters))


def among(column: str, values: Iterable[int | str]) -> Condition:
    """The column is one of the values: one parameter, however many they are."""
    condition, parameter = seen.among(values)
    return Condition(f'"{column}" {condition}', (parameter,))


def during(column: str, first: float, last: float) -> Condition:
    """The column lies from `first` to `last`, both included."""
    return Condition(f'"{column}" BETWEEN %s AND %s', (round(first), round(last)))


def microseconds(start: float, end: float) -> Condition:
    """A sample's server time lies from `start` to `end`, in Unix seconds, both included."""
    return during("at", start * MICROSECONDS, end * MICROSECONDS)


def within(column: str, owners: Collection[int], start: float, end: float) -> Condition:
    """Samples of some owners, by the column that names them, from `start` to `end` (Unix seconds, both included).

    On SQLite they are looked up in `OwnerIndex`, each owner in each slot: left alone, its planner looks through all
    that a slot holds. Where there are more slots than raw samples are kept for, the time alone decides.
    """
    time = microseconds(start, end)
    first, last = (moment // SLOT for moment in time.parameters)
    if connection.vendor == "postgresql" or last - first > _SLOTS:
        return among(column, owners) & time
    lists = ("its_slot", json.dumps(list(range(first, last + 1)))), ("its_owner", json.dumps(list(owners)))
    return Condition(f'"at" / {SLOT} = "its_slot" AND "{column}" = "its_owner"', (), lists) & time


def since(column: str, moment: float) -> Condition:
    """A date of Django's is no earlier than a moment in Unix seconds."""
    return Condition(f'"{column}" >= %s', (_date(moment),))


def until(column: str, moment: float) -> Condition:
    """A date of Django's is no later than a moment in Unix seconds."""
    return Condition(f'"{column}" <= %s', (_date(moment),))


def _date(moment: float) -> Any:
    return connection.ops.adapt_datetimefield_value(datetime.fromtimestamp(moment, UTC))


def select(table: str, columns: Sequence[str], where: Condition) -> list[Row]:
    """The rows of a table, in no order."""
    chosen = where.of(table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {listed(columns)} {chosen.sql}", chosen.parameters)
        rows: list[Row] = cursor.fetchall()
    return rows


def gathered(rows: Iterable[Row], width: int) -> dict[Row, list[Row]]:
    """The rows by their first `width` values, without them."""
    groups: dict[Row, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[:width]].append(row[width:])
    return groups


def figures(rows: Sequence[Row], width: int) -> Array:
    """The first `width` values of each row as numbers, shape (rows, width); NaN where a row has none."""
    return np.array([row[:width] for row in rows], dtype=np.float64).reshape(len(rows), width)
