"""Asks the door over one kept connection, byte for byte what it is told to: headers may be wrong, or there twice."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass, field
from typing import Any, Final

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse

JSON: Final = "application/json"
PROTOBUF: Final = "application/x-protobuf"
_SECONDS: Final = 60.0
_IDLE_SECONDS: Final = 2.0
"""uvicorn keeps a connection for 5 seconds."""


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        body: as it travels.
        content_type: of the body.
        path: of the address.
        headers: further ones, each as often as it is there.
    """

    body: bytes
    content_type: str = JSON
    path: str = "/v1/metrics"
    headers: tuple[tuple[str, str], ...] = ()

    def head(self, token: str) -> bytes:
        """The request line and the headers."""
        given = (("host", "here"), ("authorization", f"Bearer {token}"), ("content-type", self.content_type))
        lines = [f"{name}: {value}" for name, value in (*given, *self.headers)]
        text = "\r\n".join([f"POST {self.path} HTTP/1.1", *lines, f"content-length: {len(self.body)}", "", ""])
        return text.encode("latin-1")


@dataclass
class Answer:
    """What came back.

    Attributes:
        seconds: from the first byte sent to the last received.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0

    @property
    def rejected(self) -> int:
        """Points or records that a request with status 200 says it left out."""
        if self.headers["content-type"] == PROTOBUF:  # both signals have the same numbers of fields
            return ExportMetricsServiceResponse.FromString(self.body).partial_success.rejected_data_points
        said: dict[str, Any] = json.loads(self.body).get("partialSuccess", {})
        return int(said.get("rejectedDataPoints") or said.get("rejectedLogRecords") or 0)


class Asker:
    """One kept connection, made again where the server said that it closes it, or may have by now.

    Raises:
        ConnectionError: the server closed it without an answer.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._used_at = 0.0

    def ask(self, request: Request, token: str) -> Answer:
        """Send it and read the whole answer."""
        if time.perf_counter() - self._used_at > _IDLE_SECONDS:
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), _SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begin = time.perf_counter()
        self._socket.sendall(request.head(token) + request.body)
        answer = read_answer(self._socket)
        self._used_at = time.perf_counter()
        answer.seconds = self._used_at - begin
        if answer.headers.get("connection") == "close":
            self.close()
        return answer

    def close(self) -> None:
        """End the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def read_answer(connection: socket.socket) -> Answer:
    """One answer with its body.

    Raises:
        ConnectionError: the connection ends before it.
    """
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection, data)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += _more(connection, data)
    return Answer(int(first.split()[1]), headers, body)


def _more(connection: socket.socket, so_far: bytes) -> bytes:
    more = connection.recv(1 << 16)
    if not more:
        raise ConnectionError(f"the connection was closed after {so_far[:200]!r}")
    return more
