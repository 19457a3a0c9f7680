"""Receivers on loopback, well-behaved and not."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

CERTIFICATE = Path(__file__).parent / "localhost.pem"
Behaviour = Callable[[socket.socket], None]


class Receiver:
    """A TCP server whose `behaviour` handles one connection at a time; `requests` holds what came."""

    def __init__(self, behaviour: Behaviour, context: ssl.SSLContext | None) -> None:
        self.behaviour = behaviour
        self.context = context
        self.requests: list[bytes] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.thread = Thread(target=self._serve, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(30)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                try:
                    self._handle(connection)
                except OSError:
                    continue  # the sender went away, as it should from a bad receiver

    def _handle(self, connection: socket.socket) -> None:
        if self.context:
            connection = self.context.wrap_socket(connection, server_side=True)
        self.requests.append(read_request(connection))
        self.behaviour(connection)
        connection.close()


@contextmanager
def receiving(behaviour: Behaviour, *, tls: bool = False) -> Iterator[Receiver]:
    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
    receiver = Receiver(behaviour, context)
    try:
        yield receiver
    finally:
        receiver.close()


def read_request(connection: socket.socket) -> bytes:
    """Head and body of one request."""
    request = b""
    while b"\r\n\r\n" not in request:
        received = connection.recv(65536)
        if not received:
            return request
        request += received
    head, _, body = request.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answering(status: str, head: str = "Content-Length: 0\r\n") -> Behaviour:
    """Answers every request with this status line and head."""
    return lambda connection: connection.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode())


def saying(*pieces: bytes) -> Behaviour:
    """Sends these bytes, whatever was asked."""

    def say(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return say


def silent(connection: socket.socket) -> None:
    """Never answers; returns when the sender gives up."""
    connection.recv(1)


def flooding(connection: socket.socket) -> None:
    """A head without end."""
    while True:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * 8192)
