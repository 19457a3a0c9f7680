"""Puts rows into the tables of samples, so that sending twice and filling in later both come out right.

Nearly always nobody spoke of these moments before, so the rows go straight in, those of all tables in one try. Where a
key is there already, what the row holds is read and both are made one: see `advisor.store.meeting`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, repeat
from typing import Any, Final

from django.db import IntegrityError, OperationalError, connection, transaction

from advisor.store import binary
from advisor.store.meeting import Meeting, Record, meet, met_in
from advisor.store.sheet import Sheet, Values
from advisor.store.slices import slices
from advisor.store.tables import MINUTE, Table, listed
from advisor.vocabulary import Entity

SQLITE_VARIABLES: Final = 32_766
"""Most variables of one statement (SQLITE_MAX_VARIABLE_NUMBER since SQLite 3.32)."""

_NAN: Final = math.nan

_TRIES: Final = 10
"""A try fails again only where another process stores the same moments in between."""


def insert(sheets: Iterable[Sheet]) -> dict[Entity, set[tuple[int, int]]]:
    """Write rows inside the caller's transaction; what is left out of a row is noted in it.

    Returns:
        Owner and minute (since the epoch, server time) of each row that was added or filled in.
    """
    filled = [sheet for sheet in sheets if len(sheet)]
    if all(sheet.are_distinct for sheet in filled) and _put_all(filled):
        return {sheet.table.entity: sheet.places for sheet in filled}
    return {sheet.table.entity: _bring_together(sheet) for sheet in filled}


def _put_all(sheets: Sequence[Sheet]) -> bool:
    """Write what is new; nothing is written, and False told, where some of it is there already."""
    try:
        with transaction.atomic():
            for sheet in sheets:
                _put(sheet)
    except IntegrityError:
        return False
    return True


def _bring_together(sheet: Sheet) -> set[tuple[int, int]]:
    """Write rows of which some are there already, or come more than once; the places of what changed."""
    table = sheet.table
    told = zip(sheet.values(), sheet.rows, strict=True)
    unique = met_in(table, [Record(values, row, row.gains) for values, row in told])
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
    _put(Sheet.of_values(table, [record.values for record in meeting.new]))
    _forget(table, meeting.known)
    _put(Sheet.of_values(table, [record.values for record in meeting.changed]))


def _put(sheet: Sheet) -> None:
    if not len(sheet):
        return
    if connection.vendor == "postgresql":
        _copy(sheet)
        return
    for start, end in _halves(len(sheet), SQLITE_VARIABLES // len(sheet.table.sample_columns)):
        _insert_values(sheet.slice(start, end))


def _copy(sheet: Sheet) -> None:
    sql = f"COPY {sheet.table.samples} ({listed(binary.columns(sheet.table))}) FROM STDIN (FORMAT BINARY)"
    # Django translates the errors of its own methods only, and COPY is none of them.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as copy:
        for piece in binary.encoded(sheet):
            copy.write(piece)


def _insert_values(sheet: Sheet) -> None:
    """Few statements with many rows: a statement a row lets other threads starve the writer (88 times slower).

    They go past Django, which looks through each for its placeholders, all in all for longer than SQLite stores them.
    SQLite stores NaN as NULL, and Python hands it over without asking what it is, as it does with None.
    """
    blobs = ([_NAN if blob is None else blob] for blob in sheet.blobs) if sheet.table.blob else repeat(())
    rows = zip(sheet.keys, sheet.moments, sheet.figures.tolist(), blobs, strict=False)
    values = list(chain.from_iterable(chain.from_iterable(rows)))
    with connection.wrap_database_errors:
        connection.connection.execute(_inserting(sheet.table, len(sheet)), values)


@cache
def _inserting(table: Table, count: int) -> str:
    """A statement that SQLite finds prepared when the same text comes again."""
    row = f"({', '.join(['?'] * len(table.sample_columns))})"
    return f"INSERT INTO {table.samples} ({listed(table.sample_columns)}) VALUES {', '.join([row] * count)}"  # noqa: S608  # names of our own


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
    for chunk in slices(rows, SQLITE_VARIABLES // width):
        listing = ", ".join([key] * len(chunk))
        among = f"IN (SELECT * FROM (VALUES {listing}) AS wanted)"  # noqa: S608  # places alone
        yield f"({listed(table.sample_key)}) {among}", [value for row in chunk for value in row[:width]]


def _halves(count: int, most: int) -> Iterator[tuple[int, int]]:
    """Slices whose lengths are powers of two, at most `most`: so few that statements of each stay prepared."""
    start = 0
    while left := count - start:
        end = start + (1 << min(left, most).bit_length() - 1)
        yield start, end
        start = end
