"""The errand to PostgreSQL, against a real one under load."""

from __future__ import annotations

import socket
import threading

import psycopg
import pytest

from advisor_agent.errand import Answer
from advisor_agent.errands import postgresql
from advisor_agent.postgresql_views import ACCESS
from fakes.postgresql import HAS_STATEMENTS, Cluster, cluster, folder

TRANSACTIONS = 800
SETTINGS = {"shared_preload_libraries": "pg_stat_statements", "superuser_reserved_connections": "5"}


@pytest.fixture(scope="module")
def started():
    with cluster(**(SETTINGS if HAS_STATEMENTS else {})) as running:
        with running.connect() as connection:
            if HAS_STATEMENTS:
                connection.execute("CREATE EXTENSION pg_stat_statements")
            for role in ("advisor LOGIN IN ROLE pg_monitor", "plain LOGIN", "locked LOGIN PASSWORD 'right'"):
                connection.execute(f"CREATE ROLE {role}")
        running.run("pgbench", "-h", str(running.folder), "-U", "postgres", "-i", "-q", "postgres")
        yield running


@pytest.fixture
def server(started):
    started.wait_until_alone()
    return started


def asked(server, role="advisor", password=""):
    """Figures by name and the attributes that follow the datastore's own, and what is complained of."""
    url = server.url.replace("postgres@", f"{role}:{password}@" if password else f"{role}@")
    answers = list(postgresql.ask(url))
    figures = {
        (one.sample.metric.name, *(value for _, value in one.sample.attributes[4:])): one.sample.value
        for one in answers
        if isinstance(one, Answer)
    }
    return figures, [str(one) for one in answers if not isinstance(one, Answer)]


def grown(before, after, *name):
    return after[name] - before[name]


def loaded(server, transactions):
    """Figures before and after so many transactions of each of four clients."""
    server.wait_until_alone()
    before, _ = asked(server)
    arguments = ("-h", str(server.folder), "-U", "postgres", "-n", "-c", "4", "-t", str(transactions), "postgres")
    told = server.run("pgbench", *arguments)
    assert f"actually processed: {4 * transactions}/{4 * transactions}" in told
    server.wait_until_alone()
    after, errors = asked(server)
    assert errors == []
    return before, after


def test_transactions_rows_and_blocks_are_those_of_the_load(server):
    others = grown(*loaded(server, 1), "postgresql.commits") - 4  # pgbench looks at its tables, and we are one of them
    before, after = loaded(server, TRANSACTIONS // 4)
    assert grown(before, after, "postgresql.commits") - others == TRANSACTIONS
    assert grown(before, after, "postgresql.operations", "ins") == TRANSACTIONS
    assert grown(before, after, "postgresql.operations", "upd") == 3 * TRANSACTIONS
    assert grown(before, after, "postgresql.rollbacks") == 0
    assert grown(before, after, "postgresql.blks_hit") > 10 * TRANSACTIONS
    assert grown(before, after, "advisor.postgresql.wal.written") > 100 * TRANSACTIONS
    with server.connect() as connection:
        (size, most) = connection.execute(
            "SELECT pg_database_size('postgres'), current_setting('max_connections')"
        ).fetchone()
    assert abs(after["postgresql.db_size",] - size) < 1e6
    assert after["postgresql.connection.max",] == int(most)


def test_the_dearest_statements_and_how_often_they_ran(server):
    if not HAS_STATEMENTS:
        pytest.skip("pg_stat_statements is missing (Debian: apt install postgresql)")
    loaded(server, TRANSACTIONS // 4)  # four at once wait for each other's branch: that makes it one of the dearest
    with server.connect() as connection:
        connection.execute("ALTER ROLE locked PASSWORD 'right'")  # not normalised, and so not shown
        rows = connection.execute("SELECT query, calls, total_exec_time / 1000 FROM pg_stat_statements").fetchall()
    found, errors = asked(server)
    assert errors == []
    calls = {text: value for (name, *text), value in found.items() if name.endswith("statement.calls") for text in text}
    update = "UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2"
    assert len(calls) == postgresql.MOST_STATEMENTS
    (own,) = [(count, seconds) for text, count, seconds in rows if text == update]
    assert calls[update] == own[0]
    assert found["advisor.postgresql.statement.time", update] == pytest.approx(own[1], abs=1e-6)
    assert not any("pg_stat_database" in text or "right" in text for text in calls)


def test_sessions_that_wait_for_a_lock_and_those_that_idle(server):
    with server.connect() as holder, server.connect() as waiter, server.connect() as watcher:
        before, _ = asked(server)
        with holder.transaction():
            holder.execute("LOCK TABLE pgbench_branches")
            blocked = threading.Thread(target=waiter.execute, args=("SELECT count(*) FROM pgbench_branches",))
            blocked.start()
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            while watcher.execute(waiting).fetchone() != (1,):
                pass
            found, errors = asked(server)
        blocked.join()
    assert errors == []
    assert found["advisor.postgresql.backend.waiting", "Lock"] == 1
    assert found["advisor.postgresql.backend.waiting", "IO"] == 0
    assert found["postgresql.backends", "active"] == 1
    assert found["postgresql.backends", "idle in transaction"] == 1
    assert found["postgresql.backends", "idle"] == before["postgresql.backends", "idle"] - 2
    assert found["advisor.postgresql.transaction.age",] > 0
    # Those three, and ours.
    assert found["advisor.postgresql.connection.count",] == 4


EVENTS = {
    "write": "WALSync WALWrite WALWriteLock wal_insert WALInitSync SyncRep DataFileExtend DataFileWrite DataFileFlush",
    "read": "DataFileRead DataFilePrefetch SLRURead WALRead",
    "": "BufFileRead BufFileWrite DSMFillZeroWrite SyncScan BufferMapping BufferIO ProcArrayGroupUpdate",
}
"""Names of versions 12 to 17."""


def test_events_are_waited_for_to_read_or_to_write(server):
    with server.connect() as connection:
        asked = f"SELECT wait_event, {ACCESS} FROM unnest(string_to_array(%s, ' ')) AS wait_event"
        rows = connection.execute(asked, (" ".join(EVENTS.values()),)).fetchall()
    assert rows == [(event, access) for access, events in EVENTS.items() for event in events.split()]


def test_a_deadlock_and_what_is_written_to_temporary_files(server):
    before, _ = asked(server)
    with server.connect() as one, server.connect() as other:
        one.execute("SET work_mem = '64kB'")
        one.execute("SELECT count(*) FROM (SELECT * FROM generate_series(1, 200000) AS n ORDER BY n DESC) AS sorted")
        for connection in (one, other):
            connection.execute("SET deadlock_timeout = '10ms'")
        ended = []

        def cross(connection, first, second, met):
            try:
                with connection.transaction():
                    connection.execute(f"UPDATE pgbench_tellers SET filler = '' WHERE tid = {first}")
                    met.wait()
                    connection.execute(f"UPDATE pgbench_tellers SET filler = '' WHERE tid = {second}")
            except psycopg.errors.DeadlockDetected as error:
                ended.append(error)

        met = threading.Barrier(2)
        threads = [threading.Thread(target=cross, args=(*pair, met)) for pair in ((one, 1, 2), (other, 2, 1))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    after, _ = asked(server)
    assert len(ended) == 1
    assert grown(before, after, "postgresql.deadlocks") == 1
    assert grown(before, after, "postgresql.rollbacks") == 1
    assert grown(before, after, "postgresql.temp.io") > 1e6


def test_a_role_without_pg_monitor_sees_the_rest(server):
    found, errors = asked(server, "plain")
    assert len(errors) == 1
    assert errors[0].endswith("GRANT pg_monitor TO plain")
    assert found["postgresql.commits",] > 0
    assert ("postgresql.backends", "active") not in found


def test_its_connection_can_write_nothing(server):
    with (
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        postgresql._connected(psycopg, postgresql.Dsn(server.url, postgresql.POSTGRESQL)) as connection,
    ):
        connection.execute("UPDATE pgbench_tellers SET filler = ''")


def test_a_question_that_takes_too_long_takes_only_its_answer_away(server, monkeypatch):
    monkeypatch.setattr(postgresql, "TIMEOUT_SECONDS", 1.0)
    monkeypatch.setattr(postgresql, "SIZE", "SELECT pg_sleep(60)")
    found, errors = asked(server)
    assert len(errors) == 1
    assert "does not tell its size: canceling statement due to statement timeout" in errors[0]
    assert found["postgresql.connection.max",] == 100
    assert ("postgresql.backends", "active") in found


def test_a_refused_password_is_one_sentence_without_it(server):
    found, errors = asked(server, "locked", "hunter2")
    assert found == {("advisor.datastore.answered",): 0}
    (error,) = errors
    assert error.startswith(f"PostgreSQL postgres at {server.folder} does not answer: ")
    assert "password authentication failed" in error
    assert "hunter2" not in error
    assert asked(server, "locked", "right")[0]["advisor.datastore.answered",] == 1


def test_a_server_that_is_down():
    with folder() as place:
        found, errors = asked(Cluster(place))
    assert found == {("advisor.datastore.answered",): 0}
    assert "No such file or directory" in errors[0]


def test_a_port_that_never_answers(monkeypatch):
    monkeypatch.setattr(postgresql, "TIMEOUT_SECONDS", 2.0)  # less libpq does not know
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        answers = list(postgresql.ask(f"postgresql://advisor:hunter2@127.0.0.1:{port}/shop"))
    assert [(one.sample.metric.name, one.sample.value) for one in answers[:1]] == [("advisor.datastore.answered", 0)]
    assert f"PostgreSQL shop at 127.0.0.1:{port} does not answer: " in str(answers[1])
    assert "timeout" in str(answers[1])
    assert "hunter2" not in str(answers[1])


def test_a_replica_and_how_its_primary_sees_it(server):
    with folder() as place:
        replica = Cluster(place)
        replica.run(
            "pg_basebackup", "-h", str(server.folder), "-U", "postgres", "-D", str(place / "data"), "-R", "-c", "fast"
        )
        try:
            replica.start(cluster_name="second", hot_standby="on", **(SETTINGS if HAS_STATEMENTS else {}))
            with server.connect() as primary, replica.connect() as other:
                other.execute("SELECT 1")
                primary.execute("CREATE TABLE seen (id int)")
                (position,) = primary.execute("SELECT pg_current_wal_lsn()").fetchone()
                while not other.execute("SELECT pg_last_wal_replay_lsn() >= %s", [position]).fetchone()[0]:
                    pass
                replayed = "SELECT replay_lsn >= %s FROM pg_stat_replication"
                while primary.execute(replayed, [position]).fetchone() != (True,):
                    pass
            behind, errors = asked(replica)
            ahead, _ = asked(server)
        finally:
            replica.stop()
    assert errors == []
    assert behind["advisor.postgresql.replication.lag",] == 0
    assert behind["advisor.postgresql.wal.written",] > 0
    assert ahead["postgresql.replication.data_delay", "unix second"] >= 0
    assert ("advisor.postgresql.replication.lag",) not in ahead
