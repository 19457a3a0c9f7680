"""uvicorn's HTTP with a shorter way for what is there whole: no task and no events of ASGI, see `advisor.ingest.short`.

A request is held back for as long as one piece of data is being read. Is it whole by then, it is offered to the short
way; whatever that does not take goes on as uvicorn has it, from the beginning.
"""

from __future__ import annotations

from typing import Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from advisor.ingest.answers import Answer
from advisor.ingest.request import STATE, Pending, Request, Way

_PATHS: Final = {b"/v1/metrics": "/v1/metrics", b"/v1/logs": "/v1/logs"}


class _Nobody:
    """Waits for no event."""

    def set(self) -> None:
        """Wake nobody."""


class Exchange:
    """A request on the short way, in the place of uvicorn's cycle.

    Attributes:
        response_complete: it is answered.
        disconnected: nobody is left to read the answer.
        keep_alive: the connection stays open after it.
        message_event: uvicorn would wake an application by it.
    """

    message_event: Final = _Nobody()

    def __init__(self, protocol: ShortProtocol) -> None:
        self._protocol = protocol
        self._pending: Pending | None = None
        self.response_complete = False
        self.disconnected = False
        self.keep_alive: bool = protocol.parser.should_keep_alive()

    def begin(self, way: Way, request: Request, body: bytes) -> bool:
        """Whether the short way takes it."""
        self._pending = way.take(request, body, self._answer)
        if self._pending is None:
            return False
        self._protocol.tasks.add(self._pending)  # type: ignore[arg-type]  # all that is done to it is to cancel it
        return True

    def _answer(self, answer: Answer) -> None:
        protocol = self._protocol
        protocol.tasks.discard(self._pending)
        if self._pending is not None and self._pending.cancelled():  # the server ends: nothing is begun any more
            self.keep_alive = False
        self.response_complete = True
        del self._protocol, self._pending  # neither is to be held by the other
        if self.disconnected or protocol.transport.is_closing():
            return
        protocol.transport.write(self._written(answer, protocol.server_state.default_headers))
        if not self.keep_alive:
            protocol.transport.close()
        protocol.on_response_complete()

    def _written(self, answer: Answer, always: list[tuple[bytes, bytes]]) -> bytes:
        headers = [*always, *answer.headers]
        if not self.keep_alive:
            headers.append((b"connection", b"close"))
        more = b"".join([b"%b: %b\r\n" % header for header in headers])
        fixed = answer.content_type, len(answer.body), more, answer.body
        return STATUS_LINE[answer.status] + b"content-type: %b\r\ncontent-length: %d\r\n%b\r\n%b" % fixed


class ShortProtocol(HttpToolsProtocol):
    """Serves any application; only one that has a short way in the state of its lifespan is spared the long one."""

    _held: list[bytes] | None = None
    """The body so far of a request that is held back."""

    def data_received(self, data: bytes) -> None:
        """Read some; what is still not there whole goes the long way."""
        super().data_received(data)
        if self._held is not None and not self.transport.is_closing():
            self._go_on()

    def on_headers_complete(self) -> None:
        """Hold back what may be short."""
        if self._may_be_short():
            self._held = []
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Keep it together."""
        if self._held is None:
            super().on_body(body)
        else:
            self._held.append(body)

    def on_message_complete(self) -> None:
        """Offer it to the short way."""
        if self._held is not None:
            exchange = Exchange(self)
            request = Request("POST", _PATHS[self.url], self.headers)
            if exchange.begin(self.app_state[STATE], request, b"".join(self._held)):
                self._held = None
                self.cycle = exchange  # type: ignore[assignment]  # as far as a protocol needs one
                return
            self._go_on()
        super().on_message_complete()

    def _may_be_short(self) -> bool:
        return (
            self.url in _PATHS
            and STATE in self.app_state
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and not (
                self.parser.should_upgrade()
                or self.config.access_log
                or self.limit_concurrency
                or self.root_path
                or self.flow.write_paused
            )
            and (self.cycle is None or self.cycle.response_complete)
        )

    def _go_on(self) -> None:
        """As uvicorn has it, with what was held back."""
        held, self._held = self._held or [], None
        super().on_headers_complete()
        for body in held:
            super().on_body(body)
