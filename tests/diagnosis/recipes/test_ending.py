"""A worker that ends: a real Node.js answers what is open, and no kept connection keeps it from ending."""

from __future__ import annotations

import http.client
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from advisor.diagnosis.recipes import ending
from tests.strategies.tools.node import PATIENCE, running

SERVER = """import { createServer } from "node:http";
const server = createServer((request, response) => {
  if (request.url === "/slow") console.log("asked");
  setTimeout(() => response.end("done"), request.url === "/slow" ? 300 : 20);
});
server.keepAliveTimeout = 3_600_000;
process.on("SIGTERM", END);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
"""
ABRUPT = "() => { server.close(() => process.exit(0)); server.closeIdleConnections(); }"


class Busy(threading.Thread):
    """Sends one request after the other on a connection, as a balancer does, until the server ends the connection."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.warm, self.lost = threading.Event(), False

    def run(self) -> None:
        self.connection.auto_open = 0
        self.connection.connect()
        try:
            while self.connection.sock:
                self.connection.request("GET", "/")
                self.lost |= self.connection.getresponse().read() != b"done"
                self.warm.set()
        except ConnectionError:
            return  # closed while it was idle: a balancer sends such a request again
        except http.client.HTTPException:
            self.lost = True


def started(folder: Path, end: str) -> Path:
    script = folder / "server.mjs"
    script.write_text(SERVER.replace("END", end) + ending.CODE)
    return script


def asking(process: subprocess.Popen[str]) -> http.client.HTTPConnection:
    """A connection with a request that the server has begun to answer."""
    assert process.stdout is not None
    connection = http.client.HTTPConnection("127.0.0.1", int(process.stdout.readline()), timeout=PATIENCE)
    connection.request("GET", "/slow")
    assert process.stdout.readline() == "asked\n"
    return connection


@pytest.mark.processes
def test_it_ends_under_load_and_loses_nothing(tmp_path: Path) -> None:
    with running(started(tmp_path, "ending(server)")) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        clients = [Busy(port) for _ in range(4)]
        for client in clients:
            client.start()
        assert all(client.warm.wait(PATIENCE) for client in clients)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        for client in clients:
            client.join(PATIENCE)
        assert not any(client.lost for client in clients)


@pytest.mark.processes
def test_without_it_a_busy_connection_is_served_for_ever(tmp_path: Path) -> None:
    with running(started(tmp_path, ABRUPT)) as process:
        connection = asking(process)
        process.send_signal(signal.SIGTERM)
        assert connection.getresponse().read() == b"done"
        connection.auto_open = 0
        for _ in range(50):
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"done"
        assert process.poll() is None


@pytest.mark.processes
def test_a_connection_that_was_busy_at_the_signal_is_closed_after_its_answer(tmp_path: Path) -> None:
    with running(started(tmp_path, "ending(server)")) as process:
        connection = asking(process)
        process.send_signal(signal.SIGTERM)
        assert connection.getresponse().read() == b"done"
        assert process.wait(PATIENCE) == 0, "the client keeps its side open for an hour"
