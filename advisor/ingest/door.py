"""`Door` answers `/v1/*` itself and hands everything else on.

It stands in front of Django: no middleware, no upload to disk, and the token is known before the
first byte of the body is read.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from advisor.fleet.models import Token
from advisor.ingest import limits
from advisor.ingest.answers import Code, Receipt, Refusal, Send, invalid, send_receipt, send_refusal, unavailable
from advisor.ingest.attributes import Scalar
from advisor.ingest.batch import Batch
from advisor.ingest.body import Disconnected, Head, Receive, answer_type, check_repeated, read_body, read_head
from advisor.ingest.clock import ClockBook
from advisor.ingest.commit import Committer
from advisor.ingest.credentials import Credentials
from advisor.ingest.hints import Hints
from advisor.ingest.pivot import Pivot, Pivoted
from advisor.ingest.rate import RateLimit
from advisor.ingest.room import Room, Share
from advisor.ingest.signals import AnySignal, signals
from advisor.ingest.writer import Writer
from advisor.live import publish

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_CLOSE: Final = (b"connection", b"close")
_INLINE_BYTES: Final = 128 << 10
"""A larger body is decoded in a thread, so that small ones do not wait behind it."""

_DECODING: Final = 2
"""Large bodies that are decoded at once; others wait. Python runs one thread at a time, so more are no sooner done, and
each takes as much memory again as its body.
"""

_ABSENT: Final = {"/v1/traces": "Traces are not taken here. Set OTEL_TRACES_EXPORTER=none, or send them elsewhere."}
_NOTHING: Final = "There is nothing at this address. Metrics go to /v1/metrics, events to /v1/logs."

log = logging.getLogger(__name__)


class Door:
    """An ASGI application that takes OTLP metrics and events.

    Args:
        next_app: answers every path outside `/v1/`.
        writer: commits what comes in; by default one of its own, started with the first batch.
        credentials: knows the tokens.
        now: the server's clock, Unix seconds.
        requests_per_second: how often one token may send.
    """

    def __init__(
        self,
        next_app: Application,
        writer: Writer | None = None,
        credentials: Credentials | None = None,
        now: Callable[[], float] = time.time,
        requests_per_second: float = limits.REQUESTS_PER_SECOND,
    ) -> None:
        self._next = next_app
        self._writer = writer or Writer(Committer(Hints(publish.samples)))
        self._credentials = credentials or Credentials()
        self._now = now
        self._rate = RateLimit(requests_per_second)
        self._clocks = ClockBook()
        self._signals = signals(Pivot())
        self._decoding = asyncio.Semaphore(_DECODING)
        self._room = Room(limits.BODIES_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._next(scope, receive, send)
            return
        headers = dict(scope["headers"])
        try:
            receipt = await self._take(scope, headers, receive)
        except Refusal as refusal:
            await send_refusal(send, refusal, answer_type(headers))
        except Disconnected:
            return
        except Exception:
            log.exception("A request to %s failed; its sender was told to come back", scope["path"])
            await send_refusal(send, unavailable("The request failed here. It was logged.", 5), answer_type(headers))
        else:
            await send_receipt(send, receipt, answer_type(headers), self._signals[scope["path"]].respond)

    async def _take(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Receipt:
        received = self._now()
        with self._room.share() as share:
            signal, head, token, body = await self._admit(scope, headers, receive, share)
            pivoted = await self._decode(signal, head, token, body, received)
        return await self._writer.submit(Batch(pivoted, token, head.batch_id, received))

    async def _admit(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, share: Share
    ) -> tuple[AnySignal, Head, Token, bytes]:
        """What is sent, by whom, and the whole body."""
        try:
            signal = self._find(scope["method"], scope["path"])
            check_repeated(scope["headers"])
            head = read_head(headers)
            token = await self._credentials.check(head.authorization)
            self._check_rate(token)
            return signal, head, token, await read_body(receive, head.gzip, share)
        except Refusal as refusal:
            # A body may still be on its way, and nobody is going to read it.
            raise replace(refusal, headers=(*refusal.headers, _CLOSE)) from None

    def _find(self, method: str, path: str) -> AnySignal:
        if path not in self._signals:
            raise Refusal(404, Code.NOT_FOUND, _ABSENT.get(path, _NOTHING))
        if method != "POST":
            message = f"{method} is not answered here. Send with POST."
            raise Refusal(405, Code.UNIMPLEMENTED, message, ((b"allow", b"POST"),))
        return self._signals[path]

    def _check_rate(self, token: Token) -> None:
        wait = self._rate.wait(token.pk)
        if wait:
            message = "This token sends too many requests a second. Send fewer and larger ones."
            raise Refusal(429, Code.RESOURCE_EXHAUSTED, message, ((b"retry-after", str(wait).encode()),))

    async def _decode(self, signal: AnySignal, head: Head, token: Token, body: bytes, received: float) -> Pivoted:
        if len(body) <= _INLINE_BYTES:
            return self._sort(signal, head, token, body, received)
        async with self._decoding:
            return await asyncio.to_thread(self._sort, signal, head, token, body, received)

    def _sort(self, signal: AnySignal, head: Head, token: Token, body: bytes, received: float) -> Pivoted:
        @cache  # one request is one measurement, however many resources it holds
        def offset(host: Scalar | None) -> float:
            return self._clocks.offset(token.pk, host, received, head.sent_at)

        try:
            return signal.read(body, head.content_type, received, offset)
        except ValueError as error:
            raise invalid(f"A resource's attributes cannot be read: {error}") from None
