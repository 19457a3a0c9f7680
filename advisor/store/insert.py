"""Puts records into the tables of samples, so that sending twice and filling in later both come out right.

Nearly always nobody spoke of these moments before, so the records go straight in. Where a key is there already,
what the row holds is read and both are made one: see `advisor.store.meeting`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from django.db import IntegrityError, OperationalError, connection, transaction

from advisor.store.meeting import Meeting, Record, Values, meet, met_in
from advisor.store.tables import MINUTE, Table, listed, type_of

SQLITE_VARIABLES: Final = 32_766
"""Most variables of one statement (SQLITE_MAX_VARIABLE_NUMBER since SQLite 3.32)."""

_NAN: Final = math.nan

_TRIES: Final = 10
"""A try fails again only where another process stores the same moments in between."""


def insert(table: Table, records: Sequence[Record]) -> set[tuple[int, int]]:
    """Write the records inside the caller's transaction; what is left out of a record is noted in its row.

    Returns:
        Owner and minute (since the epoch, server time) of each row that was added or filled in.
    """
    if not records:
        return set()
    unique = met_in(table, records)
    meeting = Meeting(unique)
    for rest in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                _write(table, meeting)
            break
        except IntegrityError as error:
            stored = _read(table, unique) or _read(table, unique)  # a row that was waited for may have been replaced
            if stored and not rest:
                raise _Crowded("others store the same moments at the same time") from error
            if not stored and not rest:
                raise
            meeting = meet(table, unique, stored)
    for row, left_out in meeting.left_out:
        row.left_out += left_out
    place = len(table.sample_key)
    return {(record.values[0], record.values[place] // MINUTE) for record in (*meeting.new, *meeting.changed)}


class _Crowded(OperationalError):
    """Nothing is wrong with the records: they are to come again."""


def _write(table: Table, meeting: Meeting) -> None:
    """What is new goes in first: it may have to wait for another writer, who then waits for nothing of ours."""
    _put(table, [record.values for record in meeting.new])
    _forget(table, meeting.known)
    _put(table, [record.values for record in meeting.changed])


def _put(table: Table, rows: Sequence[Values]) -> None:
    if not rows:
        return
    if connection.vendor == "postgresql":
        _copy(table, rows)
        return
    for chunk in _halves(rows, SQLITE_VARIABLES // len(table.sample_columns)):
        _insert_values(table, chunk)


def _insert_values(table: Table, rows: Sequence[Values]) -> None:
    """Few statements with many rows: a statement a row lets other threads starve the writer (88 times slower).

    They go past Django, which looks through each for its placeholders, all in all for longer than SQLite stores them.
    SQLite stores NaN as NULL, and Python hands it over without asking what it is, as it does with None.
    """
    values = [_NAN if value is None else value for values in rows for value in values]
    with connection.wrap_database_errors:
        connection.connection.execute(_inserting(table, len(rows)), values)


@cache
def _inserting(table: Table, count: int) -> str:
    """A statement that SQLite finds prepared when the same text comes again."""
    row = f"({', '.join(['?'] * len(table.sample_columns))})"
    return f"INSERT INTO {table.samples} ({listed(table.sample_columns)}) VALUES {', '.join([row] * count)}"  # noqa: S608  # names of our own


def _copy(table: Table, rows: Sequence[Values]) -> None:
    sql = f"COPY {table.samples} ({listed(table.sample_columns)}) FROM STDIN (FORMAT BINARY)"
    # Django translates the errors of its own methods only, and COPY is none of them.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as copy:
        copy.set_types([type_of(name) for name in table.sample_columns])
        for values in rows:
            copy.write_row(values)


def _read(table: Table, records: Sequence[Record]) -> dict[Values, Values]:
    """What is stored under the keys of the records, locked until the transaction ends."""
    width = len(table.sample_key)
    lock = f"ORDER BY {listed(table.sample_key)} FOR UPDATE" if connection.features.has_select_for_update else ""
    found: dict[Values, Values] = {}
    with connection.cursor() as cursor:
        for where, keys in _wanted(table, [record.values for record in records]):
            cursor.execute(f"SELECT {listed(table.sample_columns)} FROM {table.samples} WHERE {where} {lock}", keys)  # noqa: S608  # names of our own
            found |= {values[:width]: values for values in cursor.fetchall()}
    return found


def _forget(table: Table, rows: Sequence[Values]) -> None:
    """Take rows out that come again with more in them."""
    with connection.cursor() as cursor:
        for where, keys in _wanted(table, rows):
            cursor.execute(f"DELETE FROM {table.samples} WHERE {where}", keys)  # noqa: S608  # names of our own


def _wanted(table: Table, rows: Sequence[Values]) -> Iterator[tuple[str, list[Any]]]:
    """Conditions that hold for the keys of the rows, and their variables.

    The list of keys is a subquery of its own: without that SQLite looks through the whole table.
    """
    width = len(table.sample_key)
    key = f"({', '.join(['%s'] * width)})"
    for chunk in _chunks(rows, width):
        listing = ", ".join([key] * len(chunk))
        among = f"IN (SELECT * FROM (VALUES {listing}) AS wanted)"  # noqa: S608  # places alone
        yield f"({listed(table.sample_key)}) {among}", [value for row in chunk for value in row[:width]]


def _halves(rows: Sequence[Values], most: int) -> Iterator[Sequence[Values]]:
    """Slices whose lengths are powers of two, at most `most`: so few that statements of each stay prepared."""
    start = 0
    while left := len(rows) - start:
        size = 1 << min(left, most).bit_length() - 1
        yield rows[start : start + size]
        start += size


def _chunks(rows: Sequence[Values], width: int) -> Iterator[Sequence[Values]]:
    size = SQLITE_VARIABLES // width
    return (rows[start : start + size] for start in range(0, len(rows), size))
