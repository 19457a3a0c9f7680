"""One kept-alive connection to a server that never blocks: it is moved on when its socket is ready."""

from __future__ import annotations

import errno
import os
import selectors
import socket
from collections.abc import Callable

from advisor_agent.address import Server
from advisor_agent.failpoint import failpoint
from advisor_agent.http import Message

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
_MOST_ANSWER_BYTES = 1 << 20
_PIECE_BYTES = 1 << 16
_UNDER_WAY = (0, errno.EINPROGRESS, errno.EWOULDBLOCK)
_Look = getattr(selectors, "PollSelector", selectors.SelectSelector)
"""Kinds that take no descriptor of their own. Windows has only the second."""
_Place = tuple[int, int, int, str, tuple[object, ...]]
"""What `getaddrinfo` answers: family, kind, protocol, canonical name, address."""


class ConnectionLost(Exception):
    """The exchange broke off. `was_idle` is set if a kept connection died before it answered a byte."""

    def __init__(self, reason: str, was_idle: bool = False, refused: bool = False) -> None:
        super().__init__(reason)
        self.was_idle = was_idle
        self.refused = refused


class Connection:
    """Sends one request at a time and reads its answer.

    Register `socket` for `events` with a selector, and call `advance` when it is ready. TLS comes
    in only with an https server: the `ssl` module costs 5 MiB of memory.
    """

    def __init__(self, server: Server, most_bytes: int = _MOST_ANSWER_BYTES) -> None:
        self._server = server
        self.socket: socket.socket | None = None
        self.events = 0
        self._step: Callable[[], None] = self._write
        self._request = b""
        self._most_bytes = most_bytes
        self._answer = Message(most_bytes, is_answer=True)
        self._is_kept = False
        self._wrap: Callable[..., socket.socket] | None = None
        self._places: list[_Place] = []

    def start(self, request: bytes) -> None:
        """Begin an exchange, on the kept connection if there is one. ConnectionLost if none can be made."""
        self._request = request
        self._answer = Message(self._most_bytes, is_answer=True)
        if self.socket and _has_something_to_say(self.socket):
            self.close()
        self._is_kept = self.socket is not None
        try:
            if self.socket is None:
                self._open()
            else:
                self._go(self._write, _WRITE)
        except OSError as error:
            raise self._lost(error) from error

    def advance(self) -> Message | None:
        """Move on; the answer once it is whole. ConnectionLost or ProtocolError if there will be none."""
        try:
            self._step()
        except (BlockingIOError, InterruptedError):
            return None
        except OSError as error:
            if self._wants_patience(error):
                return None
            raise self._lost(error) from error
        if not self._answer.is_complete:
            return None
        if self._answer.rest or self._answer.headers.get("connection", "").lower() == "close":
            self.close()
        return self._answer

    def close(self) -> None:
        """Drop the connection; the next request opens a new one."""
        if self.socket:
            self.socket.close()
            self.socket = None

    def _open(self) -> None:
        address = self._server.address
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        # The old family first: "localhost" is often ::1 too, where nobody listens.
        self._places = sorted(found, key=lambda place: place[0] != socket.AF_INET)
        self._open_next()

    def _open_next(self) -> None:
        """Connect to the next address of the server's name."""
        family, kind, protocol, _, place = self._places.pop(0)
        self.close()
        self.socket = socket.socket(family, kind, protocol)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._go(self._connected, _WRITE)
        error = self.socket.connect_ex(place)
        if error not in _UNDER_WAY:
            self._not_connected(error)

    def _connected(self) -> None:
        assert self.socket
        error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            self._not_connected(error)
        elif self._server.is_tls:
            self._begin_tls()
        else:
            self._go(self._write, _WRITE)

    def _not_connected(self, error: int) -> None:
        if not self._places:
            raise OSError(error, _meaning(error))
        self._open_next()

    def _begin_tls(self) -> None:
        import ssl  # 5 MiB that a plain connection does not pay

        assert self.socket
        # Kept for the next connection: reading the system's authorities takes 20 ms.
        self._wrap = self._wrap or ssl.create_default_context().wrap_socket
        name = self._server.address.host
        self.socket = self._wrap(self.socket, server_hostname=name, do_handshake_on_connect=False)
        self._go(self._handshake, _WRITE)

    def _handshake(self) -> None:
        try:
            self.socket.do_handshake()  # type: ignore[union-attr]  # an SSLSocket by now
        except OSError as error:
            if type(error).__name__ == "SSLCertVerificationError":
                self._wrap = None  # the system may know the authority by the next try
            raise
        self._go(self._write, _WRITE)

    def _write(self) -> None:
        assert self.socket
        self.events = _WRITE
        sent = self.socket.send(self._request)
        self._request = self._request[sent:]
        if not self._request:
            failpoint("agent.after_send_before_answer")
            self._go(self._read, _READ)

    def _read(self) -> None:
        assert self.socket
        self.events = _READ
        data = self.socket.recv(_PIECE_BYTES)
        if data:
            self._answer.feed(data)
            return
        if not self._answer.end():
            raise ConnectionResetError("it closed the connection without an answer")
        self.close()

    def _go(self, step: Callable[[], None], events: int) -> None:
        self._step = step
        self.events = events

    def _wants_patience(self, error: OSError) -> bool:
        """True for TLS that waits for the other direction, as during a handshake."""
        kind = type(error).__name__
        if kind == "SSLWantReadError":
            self.events = _READ
        elif kind == "SSLWantWriteError":
            self.events = _WRITE
        return kind in ("SSLWantReadError", "SSLWantWriteError")

    def _lost(self, error: OSError) -> ConnectionLost:
        self.close()
        was_idle = self._is_kept and not self._answer.has_head
        return ConnectionLost(error.strerror or str(error), was_idle, isinstance(error, ConnectionRefusedError))


def _meaning(error: int) -> str:
    """Windows has numbers of its own for sockets, which its `strerror` does not know."""
    return os.strerror(error) if os.name == "posix" else errno.errorcode.get(error, f"error {error}")


def _has_something_to_say(kept: socket.socket) -> bool:
    """True where the other side closed, or answers what nobody asked: that would be taken for the next answer."""
    with _Look() as look:
        look.register(kept, _READ)
        return bool(look.select(0))
