"""A server that keeps what it is sent and answers as told, for the agent's sending side."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

METRICS, EVENTS = "/v1/metrics", "/v1/logs"
TIMEOUT = 30.0


class Received:
    """One request: headers with lower-case names, and the body inflated."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.path = path
        self.headers = headers
        self.raw = body
        self.body = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body

    @property
    def resources(self) -> list[dict[str, Any]]:
        return json.loads(self.body)["resourceMetrics" if self.path.endswith(METRICS) else "resourceLogs"]


class Sink:
    """Answers `status` (0 hangs up without a word) with `headers` and `body` until told otherwise.

    A path in `statuses` has a status of its own.
    """

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.port = server.server_port
        self.received: Queue[Received] = Queue()
        self.status = 200
        self.statuses: dict[str, int] = {}
        self.headers: dict[str, str] = {}
        self.body = b"{}"

    def next(self, path: str = "") -> Received:
        """The next request, or the next to this path, waited for."""
        while path not in (got := self.received.get(timeout=TIMEOUT)).path:
            pass
        return got

    def next_with(self, attribute: str, value: str) -> dict[str, Any]:
        """The next resource with this attribute value that metrics are told of."""
        while True:
            for resource in self.next(METRICS).resources:
                if attributes(resource).get(attribute) == value:
                    return resource


@contextmanager
def sink(port: int = 0) -> Iterator[Sink]:
    """A sink on loopback, while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    server.daemon_threads = True
    server.sink = Sink(server)  # type: ignore[attr-defined]  # the handler's way back to us
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.sink  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        sink: Sink = self.server.sink  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {key.lower(): value for key, value in self.headers.items()}
        status = sink.statuses.get(self.path, sink.status)
        sink.received.put(Received(self.path, headers, body))
        if status == 0:
            self.close_connection = True
            return
        with suppress(BrokenPipeError, ConnectionResetError):  # an agent that was killed waits for no answer
            self.send_response(status)
            for name, value in {"Content-Length": str(len(sink.body)), **sink.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sink.body)

    def log_message(self, *arguments: object) -> None:
        return


def attributes(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource's attributes as a plain dict."""
    pairs = resource["resource"]["attributes"]
    return {pair["key"]: next(iter(pair["value"].values())) for pair in pairs}


def values(resource: dict[str, Any]) -> dict[str, list[float]]:
    """Metric name -> the values of its points; of a histogram the counts."""
    found = {}
    for metric in resource["scopeMetrics"][0]["metrics"]:
        points = (metric.get("sum") or metric.get("gauge") or metric["histogram"])["dataPoints"]
        found[metric["name"]] = [float(p.get("asDouble", p.get("asInt", p.get("count")))) for p in points]
    return found
