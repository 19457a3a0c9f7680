"""A server that stores before it answers, and answers as badly as networks and servers do."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from fakes.ledger import inflated

TIMEOUT = 60.0
GOOD = "take"
STORED_BUT = ("lose", "tear", "twice", "hint", "mute")
"""Stored; then no answer, half of one, one too many, one with a hint before it, or silence for ever."""
REFUSED = ("503", "429", "500", "401", "cut", "hang")
"""Not stored: told so, or hung up on in the middle of the body, or never answered."""

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
_HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n"


class ShakySink:
    """`choose` says what happens to each request; `stored` holds ids and inflated bodies, each id once."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.choose: Callable[[], str] = lambda: GOOD
        self.stored: list[tuple[str, bytes]] = []
        self.requests: list[str] = []
        """What happened to each request so far."""
        self._ids: set[str] = set()
        self._news = threading.Condition()

    def handle(self, batch_id: str, body: bytes, mode: str) -> None:
        with self._news:
            self.requests.append(mode)
            if mode not in REFUSED and batch_id not in self._ids:
                self._ids.add(batch_id)
                self.stored.append((batch_id, inflated(body)))
            self._news.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Until the condition holds; it is looked at after every request."""
        with self._news:
            while not condition():
                assert self._news.wait(TIMEOUT), f"silence after {len(self.requests)} requests"

    def wait_for(self, ids: set[str]) -> None:
        self.wait(lambda: ids <= self._ids)


@contextmanager
def shaky_sink(port: int = 0) -> Iterator[ShakySink]:
    """A shaky sink on loopback, while the block runs."""
    with _Server(("127.0.0.1", port), _Handler) as server:
        server.sink = ShakySink(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.sink
        finally:
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    sink: ShakySink


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        with suppress(ConnectionError):
            while self._one():
                pass

    def _one(self) -> bool:
        """Serve one request; whether the connection stays."""
        headers = self._headers()
        if not headers:
            return False
        mode, length = self.server.sink.choose(), int(headers["content-length"])
        body = self.rfile.read(length // 2 if mode == "cut" else length)
        if len(body) < length and mode != "cut":
            return False  # the agent was killed while it wrote
        self.server.sink.handle(headers["advisor-batch-id"], body, mode)
        return self._answer(mode)

    def _headers(self) -> dict[str, str]:
        found = {}
        self.rfile.readline()
        while line := self.rfile.readline().decode("latin-1").rstrip():
            name, _, value = line.partition(": ")
            found[name.lower()] = value
        return found

    def _answer(self, mode: str) -> bool:
        if mode in ("take", "hint", "twice"):
            self.connection.sendall({"take": _OK, "hint": _HINT, "twice": _OK + _OK}[mode])
            if mode == "hint":
                time.sleep(0.01)  # so that the hint arrives alone
                self.connection.sendall(_OK)
            return True
        if mode.isdigit():
            text = f"HTTP/1.1 {mode} No\r\nRetry-After: 0\r\nContent-Length: 2\r\n\r\n{{}}"
            self.connection.sendall(text.encode())
            return True
        if mode in ("hang", "mute"):
            self.rfile.read(1)  # until the agent gives up
        if mode == "tear":
            self.connection.sendall(_OK[: len(_OK) // 2])
        if mode in ("tear", "cut"):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
        return False
