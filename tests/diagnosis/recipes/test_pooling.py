"""Pools and PgBouncer: a real PgBouncer shares a real PostgreSQL by the configuration that is shown."""

from __future__ import annotations

import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from advisor.diagnosis.recipes import pooling
from advisor.diagnosis.recipes.pooling import Bouncer
from tests.strategies.tools.node import program
from tests.strategies.tools.postgresql import Server, bouncing, pgbouncer_version, serving

ROLE, PASSWORD = "shop", "secret"
SHARED = Bouncer("postgresql db.internal:5432/postgres", server=2, clients=20)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("store")) as running:
        running.psql(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}';")
        yield running


def connected(port: int, host: str = "127.0.0.1") -> psycopg.Connection:
    return psycopg.connect(host=host, port=port, user=ROLE, password=PASSWORD, dbname="postgres", autocommit=True)


@pytest.mark.parametrize("place", ["postgresql db.internal:5432/postgres", "postgresql db.internal 5432"])
def test_many_clients_share_few_connections(place: str, server: Server) -> None:
    code = pooling.bouncer(Bouncer(place, SHARED.server, SHARED.clients))[0].code
    with bouncing(code, server, ROLE, PASSWORD) as port, ExitStack() as stack:
        clients = [stack.enter_context(connected(port)) for _ in range(10)]
        pids = {client.execute("SELECT pg_backend_pid()").fetchone() for client in clients}
        assert 1 <= len(pids) <= SHARED.server


def test_one_serves_the_processes_of_several_hosts(server: Server) -> None:
    """On the address of this machine, which a client elsewhere would use: one that listens to itself refuses it."""
    step = pooling.bouncer(replace(SHARED, hosts=3))[0]
    assert "Run one for all 3 hosts" in step.text
    assert "would open up to 2 connections each" in step.text
    with bouncing(step.code, server, ROLE, PASSWORD) as port, connected(port, "127.0.0.2") as client:
        assert client.execute("SELECT 1").fetchone() == (1,)
    own = pooling.bouncer(SHARED)[0]
    assert "Run it on the host of the processes" in own.text
    with bouncing(own.code, server, ROLE, PASSWORD) as port, pytest.raises(psycopg.OperationalError, match="refused"):
        connected(port, "127.0.0.2")


def test_prepared_statements_are_kept_where_pgbouncer_can_and_refused_where_it_cannot(server: Server) -> None:
    """The line stands apart, because PgBouncer before 1.21 does not start with it."""
    whole, _, prepared = pooling.bouncer(SHARED)
    assert "max_prepared_statements" not in whole.code
    code = whole.code + prepared.code
    if pgbouncer_version() < (1, 21):
        with pytest.raises(AssertionError, match="max_prepared_statements"), bouncing(code, server, ROLE, PASSWORD):
            pass
        return
    with bouncing(code, server, ROLE, PASSWORD) as port, ExitStack() as stack:
        clients = [stack.enter_context(connected(port)) for _ in range(4)]
        for client in clients * 3:  # on any of the two connections, by a name that only its client knows
            assert client.execute("SELECT %s::int", (7,), prepare=True).fetchone() == (7,)


def test_what_the_shown_pool_asks_for_is_accepted(server: Server) -> None:
    """The client of PostgreSQL sends its limits of time with the first message; an unknown one would end it there."""
    asked = b"user\0shop\0database\0postgres\0idle_in_transaction_session_timeout\x0010000\0\0"
    with ExitStack() as stack:
        port = stack.enter_context(bouncing(pooling.bouncer(SHARED)[0].code, server, ROLE, PASSWORD))
        client = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        client.sendall(struct.pack("!II", 8 + len(asked), 196_608) + asked)
        assert client.recv(1) == b"R"  # a request to authenticate, not an error


@pytest.mark.parametrize("place", ["postgresql db:5432/a b", "postgresql /run/x", "mysql db:3306/shop", "pool", ""])
def test_a_place_that_does_not_read_as_one_makes_no_configuration(place: str) -> None:
    assert pooling.bouncer(Bouncer(place, 2, 20)) == ()


@pytest.mark.parametrize("system", ["postgresql", "mysql", "mariadb", "mongodb", "http"])
def test_node_reads_each_pool(system: str, tmp_path: Path) -> None:
    step = pooling.larger(system, 18)
    assert "18" in step.code
    (tmp_path / "pool.mjs").write_text(step.code)
    done = subprocess.run([program(), "--check", "pool.mjs"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unknown_pool_is_told_of_in_words() -> None:
    step = pooling.larger("pool", 18)
    assert "18" in step.text
    assert step.code == ""
