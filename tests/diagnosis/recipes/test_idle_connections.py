"""Idle connections: a real Node.js closes those that nobody uses, and none that is at work."""

from __future__ import annotations

import http.client
import math
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.diagnosis.recipes.idle_connections import FILE, Held, code, steps
from advisor.diagnosis.recipes.shutdown import IDLE
from tests.strategies.tools import npm
from tests.strategies.tools.node import PATIENCE, running

MANY = Held(connections=870.0, sockets=0.0, rate=60.0, mean=0.25, longest=1.4)

SERVER = """import { createServer } from "node:http";
import { closeIdle } from "./idle.mjs";
const server = createServer((request, response) => {
  setTimeout(() => response.end("done"), request.url === "/slow" ? 1000 : 0);
});
closeIdle(server, 0.2, QUIET);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
"""


@contextmanager
def connected(folder: Path, quiet: float) -> Iterator[http.client.HTTPConnection]:
    (folder / FILE).write_text(code())
    (folder / "server.mjs").write_text(SERVER.replace("QUIET", str(quiet)))
    with running(folder / "server.mjs") as process:
        assert process.stdout is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(process.stdout.readline()), timeout=PATIENCE)
        connection.connect()
        yield connection
        connection.close()


def ended(connection: http.client.HTTPConnection) -> bool:
    """True once the other side has closed without a word; an error if it never does."""
    assert connection.sock is not None
    return connection.sock.recv(1) == b""


@pytest.mark.processes
def test_a_kept_connection_is_closed_and_one_at_work_is_not(tmp_path: Path) -> None:
    """Its answer takes five times as long as an idle connection is kept, and has to say something every 60 s."""
    with connected(tmp_path, 60.0) as connection:
        connection.request("GET", "/slow")
        assert connection.getresponse().read() == b"done"
        assert ended(connection)


@pytest.mark.processes
def test_a_connection_on_which_nothing_comes_is_closed(tmp_path: Path) -> None:
    with connected(tmp_path, 0.1) as connection:
        assert ended(connection)


@pytest.mark.parametrize(("given", "kept"), [("", [65, 66, 120]), (", 620", [620, 621, 621]), (", 5", [5, 60, 120])])
def test_every_timeout_is_longer_than_the_balancer_s(given: str, kept: list[int], tmp_path: Path) -> None:
    script = 'import { closeIdle } from "./idle.mjs";\nconst server = {};\n' + (
        f"closeIdle(server{given});\nconsole.log(server.keepAliveTimeout, server.headersTimeout, server.timeout);\n"
    )
    done: subprocess.CompletedProcess[str] = npm.run(npm.put(tmp_path, idle_mjs=code(), try_mjs=script), "try.mjs")
    assert done.stdout.split() == [str(1000 * seconds) for seconds in kept], done.stderr
    assert given == ", 5" or kept[0] > IDLE


def test_it_says_how_few_are_at_work() -> None:
    [step] = steps(MANY)
    assert "870 are open, and 60 requests a second of 250 ms each keep 15 at work at a time." in step.text
    assert "fails with 502" in step.text
    assert "WebSockets" not in step.text
    assert "37 WebSockets stay" in steps(replace(MANY, sockets=37.0))[0].text


@pytest.mark.parametrize(("longest", "quiet"), [(1.4, 120), (90.0, 180), (math.nan, 120)])
def test_a_request_has_twice_the_time_of_the_longest(longest: float, quiet: int) -> None:
    [step] = steps(replace(MANY, longest=longest))
    assert f"quiet = {quiet})" in step.code
    assert f"silent for {quiet} s" in step.text


def test_without_figures_of_requests_it_counts_what_is_open() -> None:
    assert "870 are open. Call this once" in steps(replace(MANY, mean=math.nan))[0].text


@pytest.mark.parametrize("held", [
    replace(MANY, connections=0.0), replace(MANY, connections=math.nan), replace(MANY, mean=20.0),
])  # fmt: skip
def test_where_none_is_idle_nothing_is_closed(held: Held) -> None:
    assert steps(held) == ()
