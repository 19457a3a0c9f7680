"""Bytes on the wire."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.ours import Authority
from bench.wires import Datagrams, Scraper, Sink

TIMEOUT = 30.0
POINTS = [{"gauge": {"dataPoints": [{}, {}]}}, {"sum": {"dataPoints": [{}]}}]
BODY = gzip.compress(json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": POINTS}]}]}).encode())
REQUEST = b"POST /v1/metrics HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


def until(condition):
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


@pytest.fixture
def sink():
    sink = Sink()
    yield sink
    sink.close()


def post(client):
    client.sendall(REQUEST)
    assert client.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_a_sink_counts_what_came_in_with_its_headers(sink):
    with socket.create_connection(("127.0.0.1", sink.port)) as client:
        post(client)
        post(client)
    assert (sink.bytes, sink.messages) == (2 * len(REQUEST), 2)


def test_a_sink_counts_each_connection_anew(sink):
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", sink.port)) as client:
            post(client)
    assert sink.bytes == 2 * len(REQUEST)


def test_a_sink_knows_the_points_of_the_last_export(sink):
    assert sink.points() == 0
    with socket.create_connection(("127.0.0.1", sink.port)) as client:
        post(client)
    assert sink.points() == 3
    assert sink.resources() == [[2, 1]]


def test_a_sink_with_tls_counts_what_tls_adds(tmp_path):
    authority = Authority(tmp_path / "authority")
    sink = Sink(authority.context)
    trusting = ssl.create_default_context(cafile=str(authority.file))
    plain = socket.create_connection(("127.0.0.1", sink.port))
    with trusting.wrap_socket(plain, server_hostname="localhost") as client:
        post(client)
        first = sink.bytes
        post(client)
    sink.close()
    assert first > len(REQUEST) + 200  # the handshake
    assert len(REQUEST) < sink.bytes - first < len(REQUEST) + 100  # one record


def test_datagrams_are_counted():
    wire = Datagrams()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"12345", ("127.0.0.1", wire.port))
        client.sendto(b"123", ("127.0.0.1", wire.port))
    until(lambda: wire.messages == 2)
    wire.close()
    assert wire.bytes == 8


def test_a_scraper_fetches_on_time_and_counts_the_answer():
    class Page(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            assert self.headers["Accept-Encoding"] == "gzip"
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")

        def log_message(self, *arguments):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wire = Scraper(server.server_port, "/metrics", 0.01)
    until(lambda: wire.messages >= 3)
    wire.close()
    server.shutdown()
    server.server_close()
    answer = len(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")
    assert wire.bytes % answer == 0
    assert wire.bytes >= 3 * answer


def test_a_scraper_of_nobody_counts_nothing():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    wire = Scraper(port, "/metrics", 0.01)
    until(lambda: wire._client.sock is None)
    wire.close()
    assert wire.messages == 0
