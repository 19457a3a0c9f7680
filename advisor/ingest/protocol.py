"""uvicorn's HTTP with an end to waiting: a request whose head or body does not arrive is cut off.

uvicorn itself waits for ever (Kludex/uvicorn#157), and its own limit counts connections, which open pages and slow
clients use up. Choose it with `--http advisor.ingest.protocol:PatientProtocol`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from advisor.ingest import limits

_AGAIN: Final = 0.05
"""Seconds that the loop needs at most to hand over what has arrived."""


class PatientProtocol(HttpToolsProtocol):
    """Waits `limits.REQUEST_SECONDS` for a request to be there whole, from its first byte or from the connection.

    A client that takes longer than `limits.SLOW_SECONDS` is slow, and one address may have `limits.SLOW_CLIENTS` of
    these: a crowd that comes at once through one gateway is none.
    """

    slow: ClassVar[Counter[str]] = Counter()
    """Address -> connections of it that are slow now, in this process."""

    _waits = True
    _has_head = False
    _bytes = 0
    _is_last = False
    _timer: asyncio.TimerHandle | None = None
    _slow_at: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Wait for the first request."""
        super().connection_made(transport)
        self._timer = self.loop.call_later(limits.SLOW_SECONDS, self._look_again)

    def data_received(self, data: bytes) -> None:
        """Take some of a request, and wait for the rest of it. Whatever comes between requests is one that begins."""
        self._waits = True
        self._bytes += len(data)
        super().data_received(data)
        if self._bytes > (limits.REQUEST_BYTES if self._has_head else limits.HEAD_BYTES):
            self.transport.abort()
        elif self._waits and self._timer is None:
            self._timer = self.loop.call_later(limits.SLOW_SECONDS, self._look_again)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._waits = True

    def on_headers_complete(self) -> None:
        """Its head is there."""
        self._has_head = True
        super().on_headers_complete()
        if self._is_last:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """It is there whole. What is left of the data is the head of another."""
        super().on_message_complete()
        self._end()

    def handle_websocket_upgrade(self) -> None:
        """From now on the connection is somebody else's."""
        self._end()
        super().handle_websocket_upgrade()

    def shutdown(self) -> None:
        """The server ends. What has arrived is read first, and answered: uvicorn alone would cut it off."""
        self._is_last = True
        self.loop.call_later(_AGAIN, super().shutdown)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more comes."""
        self._end()
        super().connection_lost(exc)

    def _look_again(self) -> None:
        """After a pause of this process timers come before what has arrived meanwhile, so nobody is judged by one."""
        self._timer = self.loop.call_later(_AGAIN, self._grow_slow)

    def _grow_slow(self) -> None:
        address = self.client[0] if self.client else ""
        if self.slow[address] >= limits.SLOW_CLIENTS:
            self.transport.abort()
            return
        self.slow[address] += 1
        self._slow_at = address
        self._timer = self.loop.call_later(limits.REQUEST_SECONDS - limits.SLOW_SECONDS, self.transport.abort)

    def _end(self) -> None:
        self._waits, self._has_head, self._bytes = False, False, 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._slow_at is not None:
            self.slow[self._slow_at] -= 1
            if not self.slow[self._slow_at]:
                del self.slow[self._slow_at]
            self._slow_at = None
