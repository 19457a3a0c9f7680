"""A local OTLP/HTTP receiver: what probes and SDKs on this machine post is queued for the server.

It asks for no token, so it must refuse what a web page could make a browser send: a page reaches
loopback too, but always with an `Origin`, or with the page's own name as `Host` (DNS rebinding).
"""

from __future__ import annotations

import re
import selectors
import socket
import time

from advisor_agent.config import Address
from advisor_agent.http import Message, ProtocolError
from advisor_agent.log import Log
from advisor_agent.otlp_answer import answer, refusal
from advisor_agent.spool import Batch, Spool
from advisor_agent.uuid7 import is_uuid, uuid7

_PATH = "/v1/metrics"
_MOST_BODY_BYTES = 1 << 20
_MOST_VISITORS = 128
_IDLE_SECONDS = 75.0
_GOODBYE_SECONDS = 2.0
_PIECE_BYTES = 1 << 16
_RETRY_LISTEN_SECONDS = 30.0
_JSON, _PROTOBUF = "application/json", "application/x-protobuf"
_LOCAL_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?")
_GZIP_MAGIC = b"\x1f\x8b"


class Receiver:
    """Listens in the loop's selector. Where the port is taken it tries again every 30 s."""

    def __init__(self, address: Address, spool: Spool, selector: selectors.BaseSelector, log: Log) -> None:
        self._address = address
        self._spool = spool
        self._selector = selector
        self._log = log
        self._listener: socket.socket | None = None
        self._visitors: set[Visitor] = set()
        self._listen_at = 0.0

    @property
    def port(self) -> int:
        """The port that is listened on, 0 if none is."""
        return int(self._listener.getsockname()[1]) if self._listener else 0

    def next_wake(self) -> float | None:
        """When `work` has something to do, in the time of `time.monotonic`."""
        times = [visitor.leaves_at for visitor in self._visitors]
        if not self._listener:
            times.append(self._listen_at)
        return min(times, default=None)

    def work(self) -> None:
        """Listen if we do not yet, and send idle visitors away."""
        now = time.monotonic()
        if not self._listener and now >= self._listen_at:
            self._listen(now)
        for visitor in [visitor for visitor in self._visitors if visitor.leaves_at <= now]:
            self._leave(visitor)

    def close(self) -> None:
        """Take no more."""
        for visitor in list(self._visitors):
            self._leave(visitor)
        if self._listener:
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None

    def _listen(self, now: float) -> None:
        family = socket.AF_INET6 if ":" in self._address.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self._address.host, self._address.port))
            listener.listen(_MOST_VISITORS)
        except OSError as error:
            listener.close()
            self._listen_at = now + _RETRY_LISTEN_SECONDS
            self._log.once(
                "receiver",
                f"Probes cannot report: {self._address} is not free ({error.strerror}). Stop what uses it or"
                " give another --listen; it is tried again every 30 s, and everything else goes on.",
            )
            return
        self._listener = listener
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
        self._log.settle("receiver", f"Probes can report at {self._address} now.")

    def _accept(self, events: int) -> None:
        assert self._listener
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return  # it left before we came, or descriptors ran out: the next one may fare better
        if len(self._visitors) >= _MOST_VISITORS:
            connection.close()
            return
        connection.setblocking(False)
        visitor = Visitor(connection, self)
        self._visitors.add(visitor)
        self._selector.register(connection, selectors.EVENT_READ, visitor.on_ready)

    def _leave(self, visitor: Visitor) -> None:
        self._visitors.discard(visitor)
        self._selector.unregister(visitor.connection)
        visitor.connection.close()

    def watch(self, visitor: Visitor) -> None:
        """The visitor's socket is waited for anew, or it leaves."""
        if visitor.is_done:
            self._leave(visitor)
        else:
            self._selector.modify(visitor.connection, visitor.events, visitor.on_ready)

    def take(self, message: Message) -> bytes:
        """Queue a whole request's body; the answer to it. ProtocolError for what is not taken."""
        content_type = checked(message)
        batch_id = message.headers.get("advisor-batch-id", "")
        encoding = message.headers.get("content-encoding", "").lower()
        # A probe that repeats a batch keeps its id, so that the server stores it once.
        batch_id = batch_id if is_uuid(batch_id) else uuid7()
        self._spool.add(Batch(batch_id, content_type, "gzip" if encoding == "gzip" else "", message.body))
        return answer(content_type)


class Visitor:
    """One connection of a probe or an SDK. It may post again and again."""

    def __init__(self, connection: socket.socket, receiver: Receiver) -> None:
        self.connection = connection
        self.events = selectors.EVENT_READ
        self.is_done = False
        self.leaves_at = time.monotonic() + _IDLE_SECONDS
        self._receiver = receiver
        self._message = Message(_MOST_BODY_BYTES)
        self._out = b""
        self._closes = False
        self._is_leaving = False

    def on_ready(self, events: int) -> None:
        """The socket can be read or written."""
        try:
            if events & selectors.EVENT_READ:
                self._read()
            if self._out:
                self._out = self._out[self.connection.send(self._out) :]
            if self._closes and not self._out:
                self._say_goodbye()
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            self.is_done = True  # it hung up
        self.events = selectors.EVENT_WRITE if self._out else selectors.EVENT_READ
        self._receiver.watch(self)

    def _say_goodbye(self) -> None:
        """Closing with unread bytes would reset the connection, and the answer with it."""
        if not self._is_leaving:
            self._is_leaving = True
            self.connection.shutdown(socket.SHUT_WR)
            self.leaves_at = time.monotonic() + _GOODBYE_SECONDS

    def _read(self) -> None:
        data = self.connection.recv(_PIECE_BYTES)
        if not data:
            self.is_done = True
        elif not self._closes:
            self._take(data)

    def _take(self, data: bytes) -> None:
        try:
            while self._message.feed(data):
                self._answer_message()
                data, self._message = self._message.rest, Message(_MOST_BODY_BYTES)
                if not data or self._closes:
                    return
        except ProtocolError as error:
            kind = self._message.headers.get("content-type", "")
            self._out += refusal(error.status, str(error), kind)
            self._closes = True

    def _answer_message(self) -> None:
        self.leaves_at = time.monotonic() + _IDLE_SECONDS
        self._out += self._receiver.take(self._message)
        old = self._message.first_line.endswith("HTTP/1.0")
        self._closes = old or self._message.headers.get("connection", "").lower() == "close"


def checked(message: Message) -> str:
    """The content type of a request that may be taken; ProtocolError with the answer for any other."""
    method, target, version = [*message.first_line.split(" "), "", ""][:3]
    headers = message.headers
    if not version.startswith("HTTP/1."):
        raise ProtocolError(400, "This is no HTTP/1.1 request.")
    if "origin" in headers:
        raise ProtocolError(403, "Web pages may not report here.")
    if not _LOCAL_HOST.fullmatch(headers.get("host", "")):
        raise ProtocolError(403, "Use 127.0.0.1 or localhost as the host.")
    if target.partition("?")[0] != _PATH:
        raise ProtocolError(404, f"Only POST {_PATH} is served here.")
    if method != "POST":
        raise ProtocolError(405, f"Only POST {_PATH} is served here.")
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in (_JSON, _PROTOBUF):
        raise ProtocolError(415, f"Send {_JSON} or {_PROTOBUF}.")
    _check_body(message.body, content_type, headers.get("content-encoding", "identity").lower())
    return content_type


def _check_body(body: bytes, content_type: str, encoding: str) -> None:
    """The body goes on unread; only what plainly is something else is told so at once."""
    if encoding not in ("identity", "gzip", ""):
        raise ProtocolError(415, "Send gzip or no content encoding.")
    if not body:
        raise ProtocolError(400, "The body is empty.")
    if encoding == "gzip" and not body.startswith(_GZIP_MAGIC):
        raise ProtocolError(400, "The body is not gzip.")
    if encoding != "gzip" and content_type == _JSON and not body.lstrip().startswith(b"{"):
        raise ProtocolError(400, "The body is no JSON object.")
