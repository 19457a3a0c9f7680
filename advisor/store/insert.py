"""Puts records into the tables of samples, so that sending twice and filling in later both come out right.

A record whose key is there already fills only what is null in the row: the agent and the probe may both
speak of one process and moment, and a batch that comes again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

from advisor.store.tables import MINUTE, Table, listed

Record = tuple[Any, ...]
"""The values of `Table.sample_columns`, in that order."""

SQLITE_VARIABLES = 32766
"""Most variables of one statement (SQLITE_MAX_VARIABLE_NUMBER since SQLite 3.32)."""

_TYPES = {"at": "int8", "time": "int8", "kind": "varchar", "name": "varchar", "latency": "bytea", "histogram": "bytea"}


def insert(table: Table, records: Sequence[Record]) -> set[int]:
    """Write the records inside the caller's transaction.

    Returns:
        The minutes (since the epoch, server time) in which a row was added or filled in.
    """
    if not records:
        return set()
    unique = _merged(table, records)
    if connection.vendor == "postgresql":
        return _copy(table, unique)
    return {minute for chunk in _chunks(table, unique) for minute in _insert_values(table, chunk)}


def _merged(table: Table, records: Sequence[Record]) -> list[Record]:
    """One record a key, in the order of the keys: two writers then lock rows in the same order."""
    width = len(table.sample_key)
    unique: dict[Record, Record] = {}
    for record in records:
        first = unique.setdefault(record[:width], record)
        if first is not record:
            pairs = zip(first, record, strict=True)
            unique[record[:width]] = tuple(new if old is None else old for old, new in pairs)
    return [unique[key] for key in sorted(unique)]


def _chunks(table: Table, records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    size = SQLITE_VARIABLES // len(table.sample_columns)
    return (records[start : start + size] for start in range(0, len(records), size))


def _insert_values(table: Table, records: Sequence[Record]) -> list[int]:
    """Few statements with many rows: a statement a row lets other threads starve the writer (88 times slower)."""
    row = f"({', '.join(['%s'] * len(table.sample_columns))})"
    source = f"VALUES {', '.join([row] * len(records))}"
    with connection.cursor() as cursor:
        cursor.execute(_upsert(table).format(source=source), [value for record in records for value in record])
        return [minute for (minute,) in cursor.fetchall()]


def _copy(table: Table, records: Sequence[Record]) -> set[int]:
    stage, columns = f"stage_{table.samples}", listed(table.sample_columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {stage} (LIKE {table.samples}) ON COMMIT DELETE ROWS")
        with cursor.copy(f"COPY {stage} ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types([_type(name) for name in table.sample_columns])
            for record in records:
                copy.write_row(record)
        cursor.execute(_upsert(table).format(source=f"SELECT {columns} FROM {stage}"))  # noqa: S608  # names of our own
        minutes = {minute for (minute,) in cursor.fetchall()}
        cursor.execute(f"DELETE FROM {stage}")  # noqa: S608  # a name of our own
    return minutes


def _type(column: str) -> str:
    return _TYPES.get(column, "int8" if column.endswith("_id") else "float4")


@lru_cache
def _upsert(table: Table) -> str:
    fill = listed(table.payload, '"{0}" = COALESCE(kept."{0}", excluded."{0}")')
    news = " OR ".join(f'(kept."{name}" IS NULL AND excluded."{name}" IS NOT NULL)' for name in table.payload)
    return (
        f"INSERT INTO {table.samples} AS kept ({listed(table.sample_columns)}) {{source}} "
        f"ON CONFLICT ({listed(table.sample_key)}) DO UPDATE SET {fill} WHERE {news} "
        f'RETURNING "at" / {MINUTE}'
    )
