"""PostgreSQL: a real one takes every script, shows plans without running a statement, and finds what it should find."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest

from advisor.diagnosis.recipes import postgresql
from advisor.features.statements import Statement
from tests.strategies.tools.node import PATIENCE
from tests.strategies.tools.postgresql import Server, serving

TABLES = """
CREATE TABLE items (id int PRIMARY KEY, order_id int, note text);
INSERT INTO items SELECT n, n % 100, 'x' FROM generate_series(1, 5000) n;
CREATE INDEX never_used ON items (note);
ANALYZE items;
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("store")) as running:
        running.psql(TABLES)
        yield running


def told(text: str) -> Statement:
    return Statement("postgresql db 5432 shop", text, 5.0, 0.02, 0.7)


@pytest.mark.parametrize(("text", "shown"), [
    ("SELECT * FROM items WHERE order_id = $1", "Seq Scan on items"),
    ("SELECT * FROM items WHERE id = $1 AND order_id = $2", "Index Scan"),
    ("SELECT count(*) FROM items", "Seq Scan on items"),
    ("DELETE FROM items WHERE order_id = $1", "Delete on items"),
    ("UPDATE items SET note = $1 WHERE id = $2", "Update on items"),
])  # fmt: skip
def test_it_shows_the_plan_and_runs_nothing(server: Server, text: str, shown: str) -> None:
    [step] = postgresql.plans((told(text),))
    assert step.text.startswith("70% of the time of its statements, 20 ms each")
    assert shown in server.psql(step.code)
    assert "5000" in server.psql("SELECT count(*) FROM items")


def test_the_plan_is_the_one_for_any_value(server: Server) -> None:
    """With NULL for its value alone the plan would find that nothing can match."""
    [step] = postgresql.plans((told("SELECT * FROM items WHERE order_id = $1"),))
    assert "order_id = $1" in server.psql(step.code)
    assert "order_id = $1" not in server.psql(step.code.replace("force_generic_plan", "force_custom_plan"))


@pytest.mark.parametrize("text", ["SELECT * FROM items WHERE note = ?", "SELECT " + "a" * 113, "SELECT 1; DELETE x"])
def test_a_text_that_cannot_run_is_named_and_not_run(text: str) -> None:
    [step] = postgresql.plans((told(text),))
    assert text in step.text
    assert step.code == ""


def test_where_no_statement_is_told_it_says_how_to_get_them() -> None:
    [step] = postgresql.plans(())
    assert "pg_stat_statements" in step.text


def test_it_finds_the_table_that_is_scanned(server: Server) -> None:
    server.psql("SELECT count(*) FROM items WHERE order_id = 3; SELECT pg_stat_force_next_flush();")
    [step] = postgresql.reading()
    assert "items" in server.psql(step.code)


def test_it_finds_who_idles_in_a_transaction_and_nobody_else(server: Server) -> None:
    [step] = postgresql.holding()
    assert "(0 rows)" in server.psql(step.code)
    with psycopg.connect(host=server.folder, user="postgres", application_name="forgetful") as connection:
        connection.execute("SELECT 1")
        assert "forgetful" in server.psql(step.code)


def test_it_finds_who_waits_for_a_lock(server: Server) -> None:
    locks, _ = postgresql.writing()
    assert "(0 rows)" in server.psql(locks.code)
    with ExitStack() as stack:
        holder, waiter = (stack.enter_context(psycopg.connect(host=server.folder, user="postgres")) for _ in range(2))
        holder.execute("LOCK TABLE items")
        waiter.pgconn.send_query(b"SELECT 1 FROM items")
        await_lock(server, waiter.info.backend_pid)
        assert str(holder.info.backend_pid) in server.psql(locks.code)
        holder.rollback()
        answered = waiter.pgconn.get_result()
        assert answered is not None
        assert answered.status == psycopg.pq.ExecStatus.TUPLES_OK
        assert waiter.pgconn.get_result() is None


def await_lock(server: Server, pid: int) -> None:
    deadline = time.monotonic() + PATIENCE
    with psycopg.connect(host=server.folder, user="postgres", autocommit=True) as watcher:
        while time.monotonic() < deadline:
            if watcher.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND pid = %s", (pid,)).fetchone():
                return
    raise AssertionError("nobody waits for the lock")


def test_it_finds_the_index_that_nobody_uses_and_keeps_the_key(server: Server) -> None:
    _, unused = postgresql.writing()
    shown = server.psql(unused.code)
    assert "never_used" in shown
    assert "items_pkey" not in shown


def test_an_index_goes_only_where_no_server_used_it_since_a_known_moment(server: Server) -> None:
    _, unused = postgresql.writing()
    assert "only if neither the primary nor any replica used it for a month" in unused.text
    server.psql("SELECT pg_stat_reset()")
    year = server.psql("SELECT extract(year FROM now())::text AS year").split()[2]
    assert f"| {year}-" in server.psql(unused.code)


def test_a_script_that_fails_would_be_seen(server: Server) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        server.psql("SELECT nothing FROM nowhere;")
