"""One connection of a probe or an SDK to the local receiver. It may post again and again."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable

from advisor_agent.http import Message, ProtocolError
from advisor_agent.otlp_answer import refusal

_MOST_BODY_BYTES = 1 << 20
_IDLE_SECONDS = 75.0
_GOODBYE_SECONDS = 2.0
_PIECE_BYTES = 1 << 16


class Visitor:
    """Reads requests and answers them when its socket is ready.

    `take` answers a whole request, or raises ProtocolError. A host may have a thousand visitors, nearly
    always idle, so an idle one holds no buffer. A process that exits may write one last request and hang
    up at once, even by a reset: what it wrote can be read all the same, so that a failure to answer ends
    nothing; only the end of what can be read does.
    """

    __slots__ = ("_closes", "_is_mute", "_message", "_out", "_take", "connection", "is_done", "leaves_at")

    def __init__(self, connection: socket.socket, take: Callable[[Message], bytes]) -> None:
        self.connection = connection
        self.is_done = False
        self.leaves_at = time.monotonic() + _IDLE_SECONDS
        """When it is sent away, in the time of `time.monotonic`: the longest silent first."""
        self._take = take
        self._message: Message | None = None
        self._out = b""
        self._closes = self._is_mute = False

    @property
    def events(self) -> int:
        """What its socket is to be waited for."""
        return selectors.EVENT_WRITE if self._out else selectors.EVENT_READ

    def on_ready(self) -> None:
        """The socket can be read or written: read on once what was read before is answered."""
        try:
            self._write()
            if not self._out:
                self._read()
                self._write()
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            self.is_done = True  # it hung up, and all it wrote was read

    def _write(self) -> None:
        if self._is_mute:
            self._out = b""
        elif self._out:
            self._send()
        if self._closes and not self._out and not self._is_mute:
            self._say_goodbye()

    def _send(self) -> None:
        try:
            self._out = self._out[self.connection.send(self._out) :]
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            self._is_mute, self._out = True, b""

    def _say_goodbye(self) -> None:
        """Closing with unread bytes would reset the connection, and the answer with it."""
        self._is_mute = True
        self.connection.shutdown(socket.SHUT_WR)
        self.leaves_at = time.monotonic() + _GOODBYE_SECONDS

    def _read(self) -> None:
        data = self.connection.recv(_PIECE_BYTES)
        if not data:
            self.is_done = True
        elif not self._closes:
            self._feed(data)

    def _feed(self, data: bytes) -> None:
        while data and not self._closes:
            message = self._message = self._message or Message(_MOST_BODY_BYTES)
            try:
                if not message.feed(data):
                    return
                self._answer(message)
            except ProtocolError as error:
                self._out += refusal(error.status, str(error), message.headers.get("content-type", ""))
                self._closes = True
            data, self._message = message.rest, None

    def _answer(self, message: Message) -> None:
        self.leaves_at = time.monotonic() + _IDLE_SECONDS
        self._out += self._take(message)
        old = message.first_line.endswith("HTTP/1.0")
        self._closes = old or message.headers.get("connection", "").lower() == "close"
