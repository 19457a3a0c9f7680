"""One POST to a checked address, with a deadline for the whole exchange.

No redirects, no proxies, no cookies, and of the answer only its status: whoever runs the receiver
can neither send us elsewhere nor keep us waiting.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advisor.alerts.addresses import Network
from advisor.alerts.target import Target, addresses

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
MOST_READ_BYTES = 65_536
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})[ \r]")
_END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock by which everything must be done."""

    at: float

    def left(self, most: float = TOTAL_SECONDS) -> float:
        """Seconds left, at most `most`. Raises `TimeoutError` when there are none."""
        seconds = min(most, self.at - time.monotonic())
        if seconds <= 0:
            raise TimeoutError(f"no answer within {TOTAL_SECONDS:.0f} s")
        return seconds


def post(target: Target, headers: Mapping[str, str], body: bytes, allow: Sequence[Network]) -> int:
    """Send `body` and return the status of the answer.

    Raises:
        BadTarget: the host leads to an address that may not be reached.
        OSError: no connection, no valid certificate (`ssl.SSLError`), or no answer in time (`TimeoutError`).
        ValueError: the answer is not HTTP, or its head is longer than `MOST_READ_BYTES`.
    """
    deadline = Deadline(time.monotonic() + TOTAL_SECONDS)
    with _connect(target, allow, deadline) as connection:
        connection.settimeout(deadline.left())
        connection.sendall(_head(target, headers, len(body)) + body)
        return _read_status(connection, deadline)


def _connect(target: Target, allow: Sequence[Network], deadline: Deadline) -> socket.socket:
    """Connect to the first checked address that answers; the certificate must be for the name."""
    connect_by = Deadline(time.monotonic() + CONNECT_SECONDS)
    found = addresses(target, allow, connect_by.left())
    connection = _open([str(address) for address in found], target.port, connect_by)
    if target.scheme == "http":
        return connection
    connection.settimeout(deadline.left(CONNECT_SECONDS))
    try:
        return ssl.create_default_context().wrap_socket(connection, server_hostname=target.host)
    except BaseException:
        connection.close()
        raise


def _open(hosts: Sequence[str], port: int, deadline: Deadline) -> socket.socket:
    for host in hosts[:-1]:
        try:
            return socket.create_connection((host, port), deadline.left())
        except OSError:
            continue
    return socket.create_connection((hosts[-1], port), deadline.left())


def _head(target: Target, headers: Mapping[str, str], length: int) -> bytes:
    fixed = {
        "Host": target.authority,
        "Content-Length": str(length),
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in {**headers, **fixed}.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _read_status(connection: socket.socket, deadline: Deadline) -> int:
    """The first final status; interim ones (1xx) are passed over."""
    answer = b""
    while len(answer) <= MOST_READ_BYTES:
        head, end, rest = answer.partition(_END_OF_HEAD)
        if end:
            status = _STATUS.match(head)
            if not status:
                raise ValueError("the answer is not HTTP")
            if int(status[1]) >= 200:
                return int(status[1])
            answer = rest
            continue
        connection.settimeout(deadline.left())
        received = connection.recv(4096)
        if not received:
            raise ConnectionError("the connection was closed without an answer")
        answer += received
    raise ValueError("the head of the answer is too long")
