"""A refusal is an answer; silence and a failure are not."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from advisor.embedded import ports
from advisor.embedded.answers import answers
from advisor.embedded.plan import PROJECT


class Status(BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    def do_GET(self) -> None:
        self.send_response(int(self.path[1:]))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Status)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("status", "expected"), [(200, True), (405, True), (500, False), (503, False)])
def test_status(url: str, status: int, expected: bool) -> None:
    assert answers(f"{url}/{status}") is expected


def test_nobody_there() -> None:
    assert not answers(f"http://127.0.0.1:{ports.any_free('127.0.0.1')}/200")


@pytest.mark.processes
@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_health_checks_see_it_in_the_exit_status(url: str, status: int, code: int) -> None:
    command = (sys.executable, "-m", "advisor.embedded.answers", f"{url}/{status}")
    assert subprocess.run(command, cwd=PROJECT, check=False).returncode == code
