"""Records what a real agent and a real probe send of a case, and sends it to the product later, drawn apart in time."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from advisor.embedded import ports
from tests.lab.stretch import Stretch, newest


class Record(NamedTuple):
    """One request: the newest moment in it (Unix seconds), and its path and its body in a line of JSON.

    A line and not what it says: millions of objects make the interpreter look through them for seconds again and again,
    and the agent sees that as a busy host.
    """

    at: float
    line: bytes

    @classmethod
    def of(cls, line: bytes) -> Record:
        """The record that a line of JSON tells."""
        return cls(newest(json.loads(line)[1]), line)


MINUTE = 60.0
INTERVAL = 1.0
"""Seconds between two exports of a recording, and of what is told of it as it happens."""


class _Door(BaseHTTPRequestHandler):
    server: Sink

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.records.append(Record.of(b"[%s, %s]" % (json.dumps(self.path).encode(), body)))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


class Sink(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.records: list[Record] = []


def recorded(name: str) -> str:
    """What a service is called while it is recorded: the product sees it live as well, and is not to mix the two."""
    return f"{name}-recorded"


@contextmanager
def recording(state: Path) -> Iterator[tuple[str, list[Record]]]:
    """An agent that reports each second to a list: the address that probes report to, and the list."""
    sink, listen = Sink(), f"127.0.0.1:{ports.any_free('127.0.0.1')}"
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    settings = {
        "ADVISOR_SERVER": f"http://127.0.0.1:{sink.server_port}",
        "ADVISOR_TOKEN": "kept-by-nobody",
        "ADVISOR_STATE_DIR": str(state),
        "ADVISOR_INTERVAL": f"{INTERVAL:.0f}",
        "ADVISOR_LISTEN": listen,
        "ADVISOR_SCRAPE": "",
    }
    command, environment = (sys.executable, "-m", "advisor_agent", "run"), os.environ | settings
    with (
        state.with_suffix(".log").open("ab") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as agent,
    ):
        try:
            yield f"http://{listen}", sink.records
        finally:
            agent.terminate()
    sink.shutdown()
    sink.server_close()


def keep(records: list[Record], path: Path) -> None:
    """Write a recording, one request a line."""
    with gzip.open(path, "wb") as file:
        for record in records:
            file.write(record.line + b"\n")


def kept(path: Path) -> list[Record]:
    """A recording that was kept."""
    with gzip.open(path, "rb") as file:
        return [Record.of(line.rstrip(b"\n")) for line in file]


def replay(records: list[Record], server: str, token: str, name: str, factor: float, live: float) -> Iterator[float]:
    """Send a recording of `recorded(name)` as `name`, so that its last `live` seconds come as they happen.

    Yields after each of those. Raises `urllib.error.HTTPError` for what the product refuses.
    """
    last, begins = max(record.at for record in records), time.time()
    stretch = Stretch(factor, last, begins + live, recorded(name), name, f"host-of-{name}")
    soon: list[tuple[float, str, bytes]] = []
    for record in sorted(records):
        where, export = json.loads(record.line)
        if stretch.moment(record.at) > begins:
            soon += [(at, where, json.dumps(told).encode()) for at, told in stretch.pieces(export, INTERVAL)]
        elif told := stretch.export(export):
            _send(f"{server}{where}", json.dumps(told).encode(), token)
    for at, where, body in sorted(soon):
        time.sleep(max(0.0, at - time.time()))
        _send(f"{server}{where}", body, token)
        yield time.time()


def _send(url: str, body: bytes, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    batch = {"Advisor-Batch-Id": str(uuid.uuid4())}
    while True:
        sent = {"Advisor-Sent-At": f"{time.time():.3f}"}
        request = urllib.request.Request(url, body, headers | batch | sent)
        try:
            with urllib.request.urlopen(request, timeout=MINUTE):
                return
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503):
                raise
            time.sleep(float(error.headers.get("retry-after", "1")))
