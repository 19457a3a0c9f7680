"""Shutdown: a real Express answers both paths as platforms expect, and its connections outlive a balancer's."""

from __future__ import annotations

import http.client
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from advisor.diagnosis.recipes import google_balancer
from advisor.diagnosis.recipes.shutdown import (
    DEADLINE,
    DRAIN,
    FAILURES,
    FILE,
    GRACE,
    HANDLER,
    HEALTH,
    IDLE,
    INTERVAL,
    KEPT,
    READY,
    TIMEOUT,
    call,
    steps,
)
from tests.strategies.tools.node import PATIENCE, running
from tests.strategies.tools.npm import put

SERVER = """import {{ createServer }} from "node:http";
import express from "express";

const app = express();
const server = createServer({{ headersTimeout: 200, connectionsCheckingInterval: 50 }}, app);
const pool = {{ end: async () => console.log("pool closed") }};
{call}
app.get("/kept", (request, response) => response.end(String(server.keepAliveTimeout / 1000)));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
"""


@contextmanager
def served(folder: Path, code: str = call()) -> Iterator[tuple[subprocess.Popen[str], http.client.HTTPConnection]]:
    """A service with the call as it is advised, and one kept connection to it."""
    put(folder, server_mjs=SERVER.format(call=code), shutdown_mjs=HANDLER)
    with running(folder / "server.mjs") as process:
        assert process.stdout is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(process.stdout.readline()), timeout=PATIENCE)
        yield process, connection


def answer(connection: http.client.HTTPConnection, path: str) -> tuple[int, str]:
    connection.request("GET", path)
    found = connection.getresponse()
    return found.status, found.read().decode()


@pytest.mark.processes
def test_only_ready_fails_once_it_is_asked_to_stop(tmp_path: Path) -> None:
    with served(tmp_path) as (process, connection):
        assert [answer(connection, path)[0] for path in (HEALTH, READY)] == [200, 200]
        process.send_signal(signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        while answer(connection, READY)[0] == 200:
            assert time.monotonic() < until
        assert [answer(connection, path)[0] for path in (HEALTH, READY)] == [200, 503]


@pytest.mark.processes
@pytest.mark.parametrize(("idle", "balancer"), [(KEPT, IDLE), (google_balancer.KEPT, 600)])
def test_the_server_keeps_connections_longer_than_the_balancer(tmp_path: Path, idle: int, balancer: int) -> None:
    with served(tmp_path, call(idle)) as (_, connection):
        assert float(answer(connection, "/kept")[1]) == idle > balancer


@pytest.mark.processes
def test_the_time_for_headers_does_not_end_an_idle_connection(tmp_path: Path) -> None:
    """It did before Node.js 18, so that headersTimeout had to be raised as well."""
    with served(tmp_path) as (_, connection):
        assert answer(connection, HEALTH)[0] == 200
        kept = connection.sock
        time.sleep(0.6)  # three times the server's headersTimeout
        assert answer(connection, HEALTH)[0] == 200
        assert connection.sock is kept


def test_it_serves_on_until_every_balancer_has_seen_it() -> None:
    assert INTERVAL * FAILURES + TIMEOUT < DRAIN
    assert DRAIN + DEADLINE < GRACE
    assert TIMEOUT < INTERVAL


def test_both_paths_are_made_wherever_a_platform_asks_for_them() -> None:
    handler, added = steps("server.js", "AWS ALB")
    assert (handler.file, handler.code, handler.platform) == (FILE, HANDLER, "AWS ALB")
    assert f'app.get("{HEALTH}"' in added.code
    assert f'app.get("{READY}"' in added.code
    assert "idle" not in added.code
