"""A local OTLP/HTTP receiver: what probes and SDKs on this machine post is queued for the server.

It asks for no token, so it must refuse what a web page could make a browser send: a page reaches
loopback too, but always with an `Origin`, or with the page's own name as `Host` (DNS rebinding).
"""

from __future__ import annotations

import errno
import math
import re
import selectors
import socket
import time
from functools import partial

from advisor_agent.address import Address
from advisor_agent.batch import Batch
from advisor_agent.failpoint import failpoint
from advisor_agent.http import Message, ProtocolError
from advisor_agent.log import Log
from advisor_agent.otlp_answer import answer
from advisor_agent.signals import SIGNALS, path_of
from advisor_agent.spool import Spool
from advisor_agent.uuid7 import is_uuid, uuid7
from advisor_agent.visitor import Visitor

MOST_VISITORS = 4096
"""For a thousand processes with a connection or two each, also while all of them are replaced."""

_RETRY_LISTEN_SECONDS = 30.0
_OWN_ADDRESS = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
"""Take a port that an ended process left; Windows does so anyway, and there "reuse" would share it with a thief."""

_NO_DESCRIPTOR = (errno.EMFILE, errno.ENFILE)
_PATHS = {path_of(signal): signal for signal in SIGNALS}
_SERVED = " and ".join(_PATHS)
_JSON, _PROTOBUF = "application/json", "application/x-protobuf"
_LOCAL_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?")
_GZIP_MAGIC = b"\x1f\x8b"


class Receiver:
    """Listens in the loop's selector. Where the port is taken it tries again every 30 s.

    Over `most_visitors`, or where descriptors run out, the longest silent visitors are sent away:
    a probe opens its connection anew when it has something to say, but does not ask twice for one.
    """

    def __init__(
        self,
        address: Address,
        spool: Spool,
        selector: selectors.BaseSelector,
        log: Log,
        most_visitors: int = MOST_VISITORS,
    ) -> None:
        self._address = address
        self._most_visitors = most_visitors
        self._spool = spool
        self._selector = selector
        self._log = log
        self._listener: socket.socket | None = None
        self._visitors: set[Visitor] = set()
        self._look_at = math.inf
        """Nobody has to be sent away before."""
        self._is_short_of_descriptors = False
        self._listen_at = 0.0

    @property
    def port(self) -> int:
        """The port that is listened on, 0 if none is."""
        return int(self._listener.getsockname()[1]) if self._listener else 0

    def next_wake(self) -> float | None:
        """When `work` has something to do, in the time of `time.monotonic`."""
        soonest = self._look_at if self._listener else min(self._look_at, self._listen_at)
        return soonest if soonest < math.inf else None

    def work(self) -> None:
        """Listen if we do not yet, and send idle visitors away."""
        now = time.monotonic()
        if not self._listener and now >= self._listen_at:
            self._listen(now)
        if now >= self._look_at:
            self._send_away([visitor for visitor in self._visitors if visitor.leaves_at <= now])
            self._look_at = min((visitor.leaves_at for visitor in self._visitors), default=math.inf)
        if self._is_short_of_descriptors or len(self._visitors) > self._most_visitors:
            self._make_room(now)

    def close(self) -> None:
        """Take no more than what was already written to us."""
        self._send_away(list(self._visitors))
        if self._listener:
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None

    def _make_room(self, now: float) -> None:
        text = f"{len(self._visitors)} connections at {self._address} are all there can be: idle ones are closed."
        self._log.once("visitors", text)
        count = len(self._visitors) - self._most_visitors
        if self._is_short_of_descriptors:  # files need some too
            count = len(self._visitors) // 4 + 1
            self._is_short_of_descriptors = False
        if not self._visitors:  # others hold the descriptors: the selector would wake us for this newcomer for ever
            self.close()
            self._listen_at = now + _RETRY_LISTEN_SECONDS
        self._send_away(sorted(self._visitors, key=lambda visitor: visitor.leaves_at)[:count])

    def _send_away(self, visitors: list[Visitor]) -> None:
        """Let visitors go, after a last look at what they wrote meanwhile."""
        for visitor in visitors:
            self._serve(visitor)
            if visitor in self._visitors:
                self._leave(visitor)

    def _listen(self, now: float) -> None:
        family = socket.AF_INET6 if ":" in self._address.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setblocking(False)
        try:
            listener.setsockopt(socket.SOL_SOCKET, _OWN_ADDRESS, 1)
            listener.bind((self._address.host, self._address.port))
            listener.listen(MOST_VISITORS)
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
        except OSError as error:  # it left before we came, or there is no descriptor for it
            self._is_short_of_descriptors = error.errno in _NO_DESCRIPTOR
            return
        connection.setblocking(False)
        visitor = Visitor(connection, self._take)
        self._visitors.add(visitor)
        self._look_at = min(self._look_at, visitor.leaves_at)
        self._selector.register(connection, visitor.events, partial(self._serve, visitor))

    def _serve(self, visitor: Visitor, events: int = 0) -> None:
        visitor.on_ready()
        if visitor.is_done:
            self._leave(visitor)
            return
        self._look_at = min(self._look_at, visitor.leaves_at)
        served = self._selector.get_key(visitor.connection).data
        self._selector.modify(visitor.connection, visitor.events, served)

    def _leave(self, visitor: Visitor) -> None:
        """Only for the visitor whose turn it is, or between two turns: events of others may be under way."""
        self._visitors.discard(visitor)
        self._selector.unregister(visitor.connection)
        visitor.connection.close()

    def _take(self, message: Message) -> bytes:
        """Queue a whole request's body; the answer to it. ProtocolError for what is not taken."""
        signal, content_type = checked(message)
        batch_id = message.headers.get("advisor-batch-id", "")
        encoding = message.headers.get("content-encoding", "").lower()
        # A probe that repeats a batch keeps its id, so that the server stores it once.
        batch_id = batch_id if is_uuid(batch_id) else uuid7()
        self._spool.add(Batch(batch_id, content_type, "gzip" if encoding == "gzip" else "", message.body, signal))
        failpoint("agent.after_spool_before_answer")
        return answer(content_type)


def checked(message: Message) -> tuple[str, str]:
    """Signal and content type of a request that may be taken; ProtocolError with the answer for any other."""
    method, target, version = [*message.first_line.split(" "), "", ""][:3]
    headers = message.headers
    if not version.startswith("HTTP/1."):
        raise ProtocolError(400, "This is no HTTP/1.1 request.")
    if "origin" in headers:
        raise ProtocolError(403, "Web pages may not report here.")
    if not _LOCAL_HOST.fullmatch(headers.get("host", "")):
        raise ProtocolError(403, "Use 127.0.0.1 or localhost as the host.")
    signal = _PATHS.get(target.partition("?")[0])
    if not signal:
        raise ProtocolError(404, f"Only POST {_SERVED} are served here.")
    if method != "POST":
        raise ProtocolError(405, f"Only POST {_SERVED} are served here.")
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in (_JSON, _PROTOBUF):
        raise ProtocolError(415, f"Send {_JSON} or {_PROTOBUF}.")
    _check_body(message.body, content_type, headers.get("content-encoding", "identity").lower())
    return signal, content_type


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
