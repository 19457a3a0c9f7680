"""On PostgreSQL each day of samples is a table of its own, made ahead and dropped whole: nothing is left to vacuum.

The days are those of the sender's own time, since a partition's key must be part of the primary key. Whatever has no
day lies in the default partition, so that no sample is ever refused: foreign clocks, and days that nobody made in time.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import LockNotAvailable

from advisor.store.marks import is_waiting
from advisor.store.tables import MICROSECONDS

DAY = 86_400 * MICROSECONDS

AHEAD = 2
"""Days that are made ahead of today: pruning may stand still over a weekend. More of them would cost every query a
look."""

MOST_MOVED = 100_000
"""Rows that the default partition gives to a new day, which locks it for about a second. A day of which it holds more
stays there, and goes row by row."""

PATIENCE = "250ms"
"""How long a change of the partitions waits for those who read and write, who wait behind it: half of what anybody may
wait, since the change takes time too. Pruning comes again."""

_TURN = 5_120_061
"""Key of the advisory lock that makes two tasks change partitions one after the other; any number of our own."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition of a table of samples.

    Attributes:
        name: of its table.
        first: the first microsecond (sender's time) that it takes; None from the beginning.
        end: the first that it takes no more; None for the default partition, which takes what no other does.
    """

    name: str
    first: int | None
    end: int | None

    @property
    def is_day(self) -> bool:
        """True for one that goes whole; rows of the others are deleted one by one."""
        return self.first is not None


def of(table: str) -> list[Partition]:
    """The partitions of a table, those of no bounds first; none on SQLite."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child.relname, pg_get_expr(child.relpartbound, child.oid) FROM pg_inherits "
            "JOIN pg_class AS child ON child.oid = inhrelid WHERE inhparent = %s::regclass ORDER BY child.relname",
            [table],
        )
        found = [_partition(name, bounds) for name, bounds in cursor.fetchall()]
    return sorted(found, key=lambda one: (one.first or 0, one.end or 0))


def _partition(name: str, bounds: str) -> Partition:
    known = re.fullmatch(r"FOR VALUES FROM \((?:'(-?\d+)'|MINVALUE)\) TO \('(-?\d+)'\)", bounds)
    if known is None:
        return Partition(name, None, None)
    return Partition(name, int(known[1]) if known[1] else None, int(known[2]))


def make(table: str, now: datetime) -> int:
    """Make the partitions of today and of the next days that are missing; returns how many it made."""
    today = int(now.timestamp() * MICROSECONDS) // DAY * DAY
    return sum(_made(table, today + ahead * DAY) for ahead in range(AHEAD + 1) if connection.vendor == "postgresql")


def drop(table: str, until: int) -> int:
    """Drop the partitions whose rows are all from before `until` (microseconds, server time); returns how many.

    None goes while a minute or an hour of that time still waits to be rolled up.
    """
    over = [one for one in of(table) if one.end is not None and one.end <= until]
    if not over or is_waiting(until // MICROSECONDS):
        return 0
    return sum(_dropped(table, partition, until) for partition in over)


def _made(table: str, first: int) -> bool:
    """Make one day, unless it is there; it takes over what the default partition holds of it."""
    with a_turn(f"make a day of {table}") as cursor:
        there = of(table)
        (default,) = (one.name for one in there if one.end is None)
        if any((one.first or 0) <= first < one.end for one in there if one.end is not None):
            return False
        bounds = f'"time" >= {first} AND "time" < {first + DAY}'
        cursor.execute(f"SELECT COUNT(*) FROM (SELECT FROM {default} WHERE {bounds} LIMIT {MOST_MOVED + 1}) AS few")  # noqa: S608  # names and numbers of our own
        if cursor.fetchone()[0] > MOST_MOVED:
            return False
        name = f"{table}_{datetime.fromtimestamp(first / MICROSECONDS, UTC):%Y%m%d}"
        cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS)")
        cursor.execute(f"LOCK TABLE {default} IN ACCESS EXCLUSIVE MODE")  # nobody adds to the day while it moves
        cursor.execute(
            f"WITH moved AS (DELETE FROM {default} WHERE {bounds} RETURNING *) INSERT INTO {name} SELECT * FROM moved"  # noqa: S608
        )
        cursor.execute(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({first}) TO ({first + DAY})")
        return True
    return False


def _dropped(table: str, partition: Partition, until: int) -> bool:
    """Drop one partition, unless a slow clock put something into it that is kept still."""
    with a_turn(f"drop {partition.name}") as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SET LOCAL enable_seqscan = off")  # block ranges tell at once; reading a day would take long
        cursor.execute(f'SELECT EXISTS (SELECT FROM {partition.name} WHERE "at" >= %s)', [until])  # noqa: S608
        if cursor.fetchone()[0]:
            return False
        cursor.execute(f"DROP TABLE {partition.name}")
        _log.info("Dropped %s: everything in it is older than it is kept", partition.name)
        return True
    return False


@contextmanager
def a_turn(what: str) -> Iterator[CursorWrapper]:
    """A transaction that changes partitions alone; where others would have to wait long it is given up, and told."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
            yield cursor
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        _log.info("Could not %s yet, since others are at work there; it is tried again later", what)
