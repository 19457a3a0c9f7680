"""uvicorn's HTTP with an end to waiting: a request whose head or body does not arrive is cut off.

uvicorn itself waits for ever (Kludex/uvicorn#157), and its own limit counts connections, which open pages and slow
clients use up. Choose it with `--http advisor.ingest.protocol:PatientProtocol`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar, Final, cast

from advisor.ingest import limits
from advisor.ingest.exchange import ShortProtocol

_AGAIN: Final = 0.05
"""Seconds that the loop needs at most to hand over what has arrived."""


class _Lingering:
    """A transport whose `close` lets the client read why.

    A connection that is closed while data comes in is reset, and the answer may be lost with it: the client would
    send the same again. So only this side is closed until the rest was read.
    """

    def __init__(self, transport: asyncio.Transport, linger: Callable[[], bool]) -> None:
        self.transport = transport
        self._linger = linger
        self.lingers = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)

    def is_closing(self) -> bool:
        """Whether nothing can be written any more."""
        return self.lingers or self.transport.is_closing()

    def write(self, data: bytes) -> None:
        """Write, unless this side is closed."""
        if not self.lingers:
            self.transport.write(data)

    def close(self) -> None:
        """Close this side, and the other one too if nothing is on its way here."""
        if self.lingers:
            return
        if self.transport.can_write_eof() and self._linger():
            self.lingers = True
            self.transport.write_eof()
        else:
            self.transport.close()


class PatientProtocol(ShortProtocol):
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
        self._lingering = _Lingering(transport, self._linger)
        super().connection_made(cast(asyncio.Transport, self._lingering))
        self._timer = self.loop.call_later(limits.SLOW_SECONDS, self._look_again)

    def data_received(self, data: bytes) -> None:
        """Take some of a request, and wait for the rest of it. Whatever comes between requests is one that begins."""
        self._waits = True
        self._bytes += len(data)
        if not self._lingering.lingers:
            super().data_received(data)
        is_body = self._has_head or self._lingering.lingers
        if self._bytes > (limits.REQUEST_BYTES if is_body else limits.HEAD_BYTES):
            self._enough()
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
        self.transport = self._lingering.transport
        super().handle_websocket_upgrade()

    def shutdown(self) -> None:
        """The server ends. What has arrived is read first, and answered: uvicorn alone would cut it off."""
        self._is_last = True
        self.loop.call_later(_AGAIN, super().shutdown)

    def send_400_response(self, msg: str) -> None:
        """What comes is no HTTP, and more of it may follow."""
        self._waits, self._bytes = True, self._bytes + 1
        super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more comes."""
        self._end()
        super().connection_lost(exc)

    def _may_be_short(self) -> bool:
        return not self._is_last and super()._may_be_short()

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

    def _enough(self) -> None:
        """Take no more; who has an answer keeps the time that it has to read it, which a reset would take away."""
        if self._lingering.lingers:
            self.flow.pause_reading()
        else:
            self.transport.abort()

    def _linger(self) -> bool:
        """Read on for a while what is left of a request that is answered already; not if it was there whole."""
        if not (self._waits and self._bytes):
            return False
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(limits.LINGER_SECONDS, self.transport.abort)
        self.flow.resume_reading()
        return True

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
