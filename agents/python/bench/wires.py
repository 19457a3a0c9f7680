"""What an agent sends, or what is fetched from it, counted in bytes on the wire, without the headers of IP and TCP."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import ssl
import struct
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

_RECEIVED = struct.Struct("=Q")
_RECEIVED_AT = 128  # tcpi_bytes_received in struct tcp_info, include/uapi/linux/tcp.h (Linux 4.1)


class Wire(Protocol):
    """Counts what it took so far: bytes, and messages of any size."""

    bytes: int
    messages: int

    def close(self) -> None:
        """Take no more."""


def received(connection: socket.socket) -> int:
    """Bytes that came in on a connection so far, TLS and its handshake included."""
    data = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return int(_RECEIVED.unpack_from(data, _RECEIVED_AT)[0])


class Sink:
    """Stands for the server: takes every export and answers 200."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.bytes = self.messages = 0
        self.last = b""
        """Body of the last export."""
        server = _Server(("127.0.0.1", 0), _Handler)
        server.sink, server.tls = self, tls
        self.port: int = server.server_port
        self.url = f"{'https' if tls else 'http'}://localhost:{self.port}"
        self._server = server
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def resources(self) -> list[list[int]]:
        """Of the last export: how many data points each metric of each resource has."""
        found = json.loads(gzip.decompress(self.last))["resourceMetrics"] if self.last else []
        return [
            [
                len(metric.get("sum", metric.get("gauge"))["dataPoints"])
                for metric in resource["scopeMetrics"][0]["metrics"]
            ]
            for resource in found
        ]

    def points(self) -> int:
        """Data points of the last export."""
        return sum(sum(metrics) for metrics in self.resources())

    def close(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    sink: Sink
    tls: ssl.SSLContext | None

    def get_request(self) -> tuple[Any, Any]:
        """The handshake is made by the connection's own thread, with its first read."""
        connection, address = super().get_request()
        if self.tls:
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    before = 0

    def do_POST(self) -> None:
        sink = self.server.sink
        sink.last = self.rfile.read(int(self.headers["Content-Length"]))
        now = received(self.connection)
        sink.bytes += now - self.before
        sink.messages += 1
        self.before = now
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")

    def log_message(self, *arguments: object) -> None:
        return


class Datagrams:
    """A UDP port that takes everything."""

    def __init__(self) -> None:
        self.bytes = self.messages = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with suppress(OSError):  # closed
            while data := self._socket.recv(65_536):
                self.bytes += len(data)
                self.messages += 1

    def close(self) -> None:
        """Take no more."""
        self._socket.close()


class Scraper:
    """Fetches a page again and again as Prometheus does: kept connection, gzip."""

    def __init__(self, port: int, path: str, every: float) -> None:
        self.bytes = self.messages = 0
        self._client = http.client.HTTPConnection("127.0.0.1", port, timeout=every + 5)
        self._path = path
        self._every = every
        self._closed = threading.Event()
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while not self._closed.wait(self._every):
            try:
                self._fetch()
            except (OSError, http.client.HTTPException):
                self._client.close()  # it may not listen yet; one that never does is told at the end

    def _fetch(self) -> None:
        if self._client.sock is None:
            self._client.connect()
        before = received(self._client.sock)
        self._client.request("GET", self._path, headers={"Accept-Encoding": "gzip"})
        self._client.getresponse().read()
        self.bytes += received(self._client.sock) - before
        self.messages += 1

    def close(self) -> None:
        """Fetch no more."""
        self._closed.set()
