"""How large each class of data is, now and on the days before."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from django.db import connection
from django.db.models import Max

from advisor.store.models import StoreSize
from advisor.store.retention import CLASSES
from advisor.store.tables import listed

REST: Final = "rest"
"""The kind of everything that belongs to no class: who reports, advice, messages, and space that is free for reuse."""

_APART: Final = timedelta(hours=1)
"""Between two measurements. A look at every page of SQLite takes about a second a gigabyte."""

_WALKED: Final = 4 << 30
"""Bytes of a SQLite file up to which every page is looked at; a task may take 20 s. Beyond it is estimated."""

_SAMPLE: Final = 1000
"""Rows that an estimate looks at in each table."""

_LOCAL: Final = ("", "localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Size:
    """What a class of data takes: bytes on disk with its indexes, and rows; None where nobody knows."""

    kind: str
    bytes: int
    rows: int | None


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk that the database lies on, in bytes."""

    total: int
    free: int


def measured(now: datetime) -> tuple[datetime, list[Size]]:
    """When the classes were measured last, and what came out; measured now where that is long ago."""
    at = StoreSize.objects.aggregate(at=Max("at"))["at"]
    if at is None or now - at > 2 * _APART:
        return now, measure()
    return at, [Size(one.kind, one.bytes, one.rows) for one in StoreSize.objects.filter(at=at)]


def record(now: datetime) -> None:
    """Write down how large each class is, at most once an hour; of each day the last measurement stays."""
    at = StoreSize.objects.aggregate(at=Max("at"))["at"]
    if at is not None and now - at < _APART:
        return
    rows = [StoreSize(day=now.date(), kind=one.kind, bytes=one.bytes, rows=one.rows, at=now) for one in measure()]
    StoreSize.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=("day", "kind"), update_fields=("bytes", "rows", "at")
    )


def measure() -> list[Size]:
    """What each class takes, in the order of `CLASSES`, and the rest of the database after them."""
    tables = {kept.kind: [model._meta.db_table for model, _ in kept.tables] for kept in CLASSES}
    every = [table for of_class in tables.values() for table in of_class]
    found = _on_postgresql(every) if connection.vendor == "postgresql" else _on_sqlite(every)
    sizes = [_together(kind, [found[table] for table in of_class]) for kind, of_class in tables.items()]
    rest = max(0, total() - sum(size.bytes for size in sizes))
    return [*sizes, Size(REST, rest, None)]


def total() -> int:
    """Bytes of the whole database; on SQLite with its write-ahead log."""
    if connection.vendor == "postgresql":
        return _number("SELECT pg_database_size(current_database())")
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    return _used_by_file() + (log.stat().st_size if log.is_file() else 0)


def is_estimate() -> bool:
    """True where the bytes of a class are estimated; those of the whole database never are."""
    return connection.vendor == "sqlite" and (not _knows_pages() or _used_by_file() > _WALKED)


def disk() -> Disk | None:
    """The disk of the database; None where it is another machine's, or may not be looked at."""
    try:
        usage = shutil.disk_usage(_folder())
    except OSError:
        return None
    return Disk(usage.total, usage.free)


def _folder() -> Path:
    name, host = str(connection.settings_dict["NAME"]), str(connection.settings_dict["HOST"])
    if connection.vendor == "sqlite":
        return Path(name).parent
    if host not in _LOCAL and not host.startswith("/"):
        raise FileNotFoundError(host)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_settings WHERE name = 'data_directory'")  # nothing without the right
        row = cursor.fetchone()
    if row is None:
        raise PermissionError("data_directory")
    return Path(row[0])


def _together(kind: str, found: Iterable[tuple[int, int]]) -> Size:
    sizes, rows = zip(*found, strict=True)
    return Size(kind, sum(sizes), sum(rows))


def _on_postgresql(tables: list[str]) -> dict[str, tuple[int, int]]:
    """Table -> bytes, and about how many rows, partitions included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT whole.relname, SUM(pg_total_relation_size(part.oid))::int8, "
            "SUM(GREATEST(part.reltuples, n_live_tup, 0))::int8 FROM pg_class AS whole "
            "LEFT JOIN pg_inherits ON inhparent = whole.oid "
            "JOIN pg_class AS part ON part.oid = COALESCE(inhrelid, whole.oid) "
            "LEFT JOIN pg_stat_user_tables ON relid = part.oid "
            "WHERE whole.oid = ANY(%s::regclass[]) GROUP BY whole.relname",
            [tables],
        )
        return {table: (size, rows) for table, size, rows in cursor.fetchall()}


def _on_sqlite(tables: list[str]) -> dict[str, tuple[int, int]]:
    """Table -> bytes and rows."""
    found = _estimated() if is_estimate() else _by_page()
    return {table: (found[table], _number(f"SELECT COUNT(*) FROM {table}")) for table in tables}  # noqa: S608  # names of our own


def _by_page() -> Mapping[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tbl_name, SUM(pgsize) FROM dbstat JOIN sqlite_master USING (name) "
            "WHERE aggregate = TRUE GROUP BY tbl_name"
        )
        return dict(cursor.fetchall())


def _estimated() -> Mapping[str, int]:
    """The used pages, shared out by the rows of each table and the length of their values."""
    weights = {table: _weight(table) for table in connection.introspection.table_names()}
    used = _used_by_file() - _number("PRAGMA freelist_count") * _number("PRAGMA page_size")
    every = sum(weights.values()) or 1.0
    return {table: round(used * weight / every) for table, weight in weights.items()}


def _weight(table: str) -> float:
    with connection.cursor() as cursor:
        names = [one.name for one in connection.introspection.get_table_description(cursor, table)]
        length = " + ".join(f'COALESCE(LENGTH(CAST("{name}" AS BLOB)), 0)' for name in names)
        some = f"SELECT {listed(names)} FROM {table} LIMIT {_SAMPLE}"  # noqa: S608  # names of our own
        cursor.execute(f"SELECT COALESCE(AVG({length}), 0) FROM ({some})")  # noqa: S608
        return float(cursor.fetchone()[0]) * _number(f"SELECT COUNT(*) FROM {table}")  # noqa: S608


def _used_by_file() -> int:
    return _number("PRAGMA page_count") * _number("PRAGMA page_size")


@cache
def _knows_pages() -> bool:
    """Whether this SQLite was built with its table of pages."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA compile_options")
        return "ENABLE_DBSTAT_VTAB" in {option for (option,) in cursor.fetchall()}


def _number(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
