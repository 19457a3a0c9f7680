"""PostgreSQL 12 and later, by its statistics views: no row of any table is read.

One connection, one read-only transaction. A role with `pg_monitor` sees all of it; what a role may not see is left out.
Names are those of the OpenTelemetry Collector's receiver of PostgreSQL, where it has one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from advisor_agent.config import Config
from advisor_agent.datastore import ANSWERED, EVERY, TIMEOUT_SECONDS, Told, report
from advisor_agent.dsn import POSTGRESQL, Dsn
from advisor_agent.errand import Answer, ErrandError
from advisor_agent.metric import COUNTER, GAUGE, UPDOWNCOUNTER, Metric, Sample, Samples
from advisor_agent.postgresql_sessions import ACCESS, BACKENDS, CONNECTIONS, OLDEST, WAITING, sessions
from advisor_agent.postgresql_views import (
    DATABASE,
    FACTS,
    LAG,
    MARK,
    REPLICAS,
    SIZE,
    STATEMENTS,
    STATEMENTS_OF,
    WAL,
)
from advisor_agent.statement_text import shown
from advisor_agent.view import View

if TYPE_CHECKING:
    import psycopg

_ROWS = "{row}"
COMMITS = Metric("postgresql.commits", "{commit}", COUNTER, "Transactions committed")
ROLLBACKS = Metric("postgresql.rollbacks", "{rollback}", COUNTER, "Transactions rolled back")
DEADLOCKS = Metric("postgresql.deadlocks", "{deadlock}", COUNTER, "Deadlocks")
READ = Metric("postgresql.blks_read", "{block}", COUNTER, "Blocks that were not in its cache")
HIT = Metric("postgresql.blks_hit", "{block}", COUNTER, "Blocks that were")
ROWS_READ = Metric("postgresql.tup_returned", _ROWS, COUNTER, "Rows read")
ROWS_WRITTEN = Metric("postgresql.operations", _ROWS, COUNTER, "Rows inserted, updated and deleted")
SPILLED = Metric("postgresql.temp.io", "By", COUNTER, "Bytes written to temporary files")
DB_SIZE = Metric("postgresql.db_size", "By", UPDOWNCOUNTER, "Size on disk")
LIMIT = Metric("postgresql.connection.max", "{connection}", GAUGE, "Most connections")
RESERVED = Metric("advisor.postgresql.connection.reserved", "{connection}", GAUGE, "Of these, kept for superusers")
WAL_BYTES = Metric("advisor.postgresql.wal.written", "By", COUNTER, "Write-ahead log written, or replayed by a replica")
REPLAY_LAG = Metric("advisor.postgresql.replication.lag", "s", GAUGE, "Age of what this replica replayed last")
REPLICA_LAG = Metric("postgresql.wal.delay", "s", GAUGE, "Time until a replica has replayed what is written")
REPLICA_DELAY = Metric("postgresql.replication.data_delay", "By", GAUGE, "Bytes that a replica has not replayed yet")
CALLS = Metric("advisor.postgresql.statement.calls", "{call}", COUNTER, "Times that a statement ran")
TIME = Metric("advisor.postgresql.statement.time", "s", COUNTER, "Time that a statement ran")
METRICS = (
    ANSWERED, COMMITS, ROLLBACKS, DEADLOCKS, READ, HIT, ROWS_READ, ROWS_WRITTEN, SPILLED, DB_SIZE, LIMIT, RESERVED,
    CONNECTIONS, BACKENDS, WAITING, ACCESS, OLDEST, WAL_BYTES, REPLAY_LAG, REPLICA_LAG, REPLICA_DELAY, CALLS, TIME,
)  # fmt: skip

__all__ = ["EVERY", "METRICS", "ask", "targets"]

MOST_STATEMENTS = 5
_Row = Sequence[Any]


def targets(config: Config, view: View) -> list[str]:
    """Those that the settings name."""
    return config.postgresql


def ask(target: str) -> Told:
    """Its figures. Without a driver nobody can say whether it answers."""
    try:
        import psycopg  # an extra, and 25 MiB that the agent itself never loads
    except ImportError:
        raise ErrandError(
            "PostgreSQL cannot be asked without its driver; run: pip install 'scaling-advisor-agent[postgresql]'"
        ) from None
    dsn = Dsn(target, POSTGRESQL)
    return report(dsn, _told(psycopg, dsn))


def _told(driver: Any, dsn: Dsn) -> Iterator[Answer | ErrandError]:
    try:
        with _connected(driver, dsn) as connection:
            yield from Conversation(driver, connection, dsn).told()
    except driver.Error as error:
        raise ErrandError(f"{dsn} does not answer: {_reason(error, dsn)}. Check it, and ADVISOR_POSTGRESQL.") from None


def _connected(driver: Any, dsn: Dsn) -> psycopg.Connection[tuple[Any, ...]]:
    given = {"user": dsn.user, "password": dsn.password, **dsn.options}
    settings = {
        "host": dsn.host,
        "port": dsn.port,
        "dbname": dsn.database,
        "connect_timeout": round(TIMEOUT_SECONDS),
        "tcp_user_timeout": round(TIMEOUT_SECONDS * 1000),
        "application_name": "advisor-agent",
        **{key: value for key, value in given.items() if value},
    }
    connection: psycopg.Connection[tuple[Any, ...]] = driver.connect(prepare_threshold=None, **settings)
    connection.read_only = True
    # For this transaction alone: behind a pooler the session is somebody else's next.
    connection.execute(f"SET LOCAL statement_timeout = {round(TIMEOUT_SECONDS * 1000)}")
    return connection


def _reason(error: Exception, dsn: Dsn) -> str:
    return dsn.masked(str(error)).rstrip(".")


class Conversation:
    """One transaction of questions; a question that fails takes nothing but its own answer away."""

    def __init__(
        self,
        driver: Any,
        connection: psycopg.Connection[tuple[Any, ...]],
        dsn: Dsn,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._driver = driver
        self._connection = connection
        self._dsn = dsn
        self._pause = pause

    def told(self) -> Iterator[Answer | ErrandError]:
        """Everything that this role may see, and what it may not."""
        (facts,) = self._rows(FACTS)
        limit, reserved, is_replica, sees_all, role = facts
        yield from self._answers([LIMIT.at(limit), RESERVED.at(reserved)])
        questions = [("its statistics", self._database), ("its size", self._size), ("its write-ahead log", self._wal)]
        if is_replica:
            questions.append(("how far it is behind", self._lag))
        if sees_all:
            questions.append(("its sessions", partial(sessions, self._rows, self._pause)))
            questions.append(("its replicas", self._replicas))
            questions.append(("its statements", self._statements))
        else:
            yield ErrandError(
                f"{self._dsn} hides sessions, replicas and statements from this role; run there, as a superuser:"
                f" GRANT pg_monitor TO {role}"
            )
        for what, question in questions:
            try:
                with self._connection.transaction():
                    answers = list(self._answers(question()))
            except self._driver.Error as error:
                if self._connection.closed:
                    raise
                yield ErrandError(f"{self._dsn} does not tell {what}: {_reason(error, self._dsn)}. The rest goes on.")
            else:
                yield from answers

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query.replace("SELECT", f"SELECT {MARK}", 1).encode()).fetchall()

    def _answers(self, samples: Iterator[Sample] | list[Sample]) -> Iterator[Answer]:
        for sample in samples:
            yield Answer(Sample(sample.metric, sample.value, (*self._dsn.attributes, *sample.attributes)))

    def _database(self) -> Samples:
        for commits, rollbacks, deadlocks, read, hit, returned, spilled, *written in self._rows(DATABASE):
            yield COMMITS.at(commits)
            yield ROLLBACKS.at(rollbacks)
            yield DEADLOCKS.at(deadlocks)
            yield READ.at(read)
            yield HIT.at(hit)
            yield ROWS_READ.at(returned)
            yield SPILLED.at(spilled)
            for operation, count in zip(("ins", "upd", "del"), written):
                yield ROWS_WRITTEN.at(count, ("operation", operation))

    def _size(self) -> Samples:
        for (size,) in self._rows(SIZE):
            yield DB_SIZE.at(size)

    def _wal(self) -> Samples:
        for (position,) in self._rows(WAL):
            yield WAL_BYTES.at(position)

    def _lag(self) -> Samples:
        for (seconds,) in self._rows(LAG):
            if seconds is not None:
                yield REPLAY_LAG.at(max(seconds, 0.0))

    def _replicas(self) -> Samples:
        for client, size, seconds in self._rows(REPLICAS):
            name = ("replication_client", client)
            yield REPLICA_DELAY.at(max(size, 0), name)
            if seconds is not None:
                yield REPLICA_LAG.at(seconds, name, ("operation", "replay"))

    def _statements(self) -> Samples:
        for view, column in self._rows(STATEMENTS_OF):
            for text, (calls, seconds) in dearest(self._rows(STATEMENTS.format(view=view, column=column))).items():
                statement = ("db.query.text", text)
                yield CALLS.at(calls, statement)
                yield TIME.at(round(seconds, 6), statement)


def dearest(rows: Sequence[_Row]) -> dict[str, tuple[int, float]]:
    """Text -> calls and seconds of the few that took most; those that look alike once cut are one."""
    found: dict[str, tuple[int, float]] = {}
    for text, calls, seconds in rows:
        short = shown(text)
        if short:
            before = found.get(short, (0, 0.0))
            found[short] = (before[0] + calls, before[1] + seconds)
    return dict(sorted(found.items(), key=lambda item: -item[1][1])[:MOST_STATEMENTS])
