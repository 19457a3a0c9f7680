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
from typing import Any, Final

from django.conf import settings

from advisor.fleet.models import Token
from advisor.ingest import limits
from advisor.ingest.answers import Code, Receipt, Refusal, Send, invalid, send_receipt, send_refusal, unavailable
from advisor.ingest.attributes import Scalar
from advisor.ingest.batch import Batch, content_of
from advisor.ingest.body import Body, Disconnected, Head, Receive, answer_type, check_repeated, read_body, read_head
from advisor.ingest.clock import ClockBook
from advisor.ingest.commit import Committer
from advisor.ingest.courtesy import Courtesy
from advisor.ingest.credentials import Credentials
from advisor.ingest.deadline import Deadline
from advisor.ingest.hints import Hints
from advisor.ingest.lifespan import lifespan
from advisor.ingest.newcomers import Admission
from advisor.ingest.pivot import Pivot, Pivoted
from advisor.ingest.rate import RateLimit
from advisor.ingest.refusals import Refusals
from advisor.ingest.room import Room, Share
from advisor.ingest.signals import AnySignal, signals
from advisor.ingest.steps import Steps, finish
from advisor.ingest.turns import Turns
from advisor.ingest.writer import Writer
from advisor.live import publish
from advisor.store import samples

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_SENDER: Final = "advisor.token"
"""Where the scope of a request keeps whose it is, for those who answer it."""

_CLOSE: Final = (b"connection", b"close")
_INLINE_BYTES: Final = 128 << 10
"""A larger body is decoded in a thread, so that small ones do not wait behind it."""

_DECODING: Final = 1
"""Large bodies that are decoded at once; others wait. Python runs one thread at a time, so more are no sooner done, and
each takes several times the memory of its body: of fifty bombs two took up to 33 MiB.
"""

_BREATH: Final = 0.0001
"""Seconds between two steps of a large body: a thread that does not sleep has its turn again before any other wakes."""

_ABSENT: Final = {"/v1/traces": "Traces are not taken here. Set OTEL_TRACES_EXPORTER=none, or send them elsewhere."}
_NOTHING: Final = "There is nothing at this address. Metrics go to /v1/metrics, events to /v1/logs."

log = logging.getLogger(__name__)


class Door:
    """An ASGI application that takes OTLP metrics and events.

    It is the whole process's start and stop too: SIGTERM ends with what waits being committed.

    Args:
        next_app: answers every path outside `/v1/`.
        writer: commits what comes in; by default one of its own, started with the first batch.
        credentials: knows the tokens.
        now: the server's clock, Unix seconds.
        requests_per_second: how often one token may send; by default as often as the settings say.
        points_per_second: likewise, how many points and records.
        seconds: how long a request waits for the database, and for its turn to be read, in all.
        refusals: counts what is refused; the account that it keeps is written while a server runs the lifespan.
    """

    def __init__(
        self,
        next_app: Application,
        writer: Writer | None = None,
        credentials: Credentials | None = None,
        now: Callable[[], float] = time.time,
        requests_per_second: float | None = None,
        points_per_second: float | None = None,
        seconds: float = limits.ANSWER_SECONDS,
        refusals: Refusals | None = None,
    ) -> None:
        self._next = next_app
        self._hints = Hints(publish.samples)
        commit, turns = Committer(self._hints), Turns()
        self._writer = writer or Writer(Admission(commit, shares=turns), afterwards=commit.tell_seen, due=turns.due)
        self._seconds = seconds
        self._credentials = credentials or Credentials()
        self._now = now
        self._requests = RateLimit(requests_per_second or settings.MOST_REQUESTS_PER_SECOND)
        self._points = RateLimit(points_per_second or settings.MOST_POINTS_PER_SECOND)
        self._clocks = ClockBook()
        self._signals = signals(Pivot())
        self._courtesy = Courtesy()
        self._decoding = asyncio.Semaphore(_DECODING)
        self._room = Room(limits.BODIES_BYTES)
        self._refusals = refusals or Refusals()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] == "lifespan":
            await lifespan(receive, send, self._refusals.start, self.stop)
            return
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._next(scope, receive, send)
            return
        headers = dict(scope["headers"])
        try:
            receipt = await self._take(scope, headers, receive)
        except Refusal as refusal:
            await self._refuse(scope, headers, send, refusal)
        except Disconnected:
            return
        except asyncio.CancelledError:  # the server ends; without an answer of ours it would be a 500
            await self._refuse(scope, headers, send, unavailable("The server ends. Send it again."))
            raise
        except Exception:
            log.exception("A request to %s failed; its sender was told to come back", scope["path"])
            await self._refuse(scope, headers, send, unavailable("The request failed here. It was logged.", 5))
        else:
            await send_receipt(send, receipt, answer_type(headers), self._signals[scope["path"]].respond)

    def stop(self) -> None:
        """Commit what waits and end the threads, as far as they end in time. No request may be open."""
        self._writer.stop()
        self._credentials.stop()
        self._hints.stop()
        self._refusals.stop()

    async def _refuse(self, scope: Scope, headers: dict[bytes, bytes], send: Send, refusal: Refusal) -> None:
        self._refusals.count(scope.get(_SENDER, samples.NOBODY), refusal)
        await send_refusal(send, refusal, answer_type(headers))

    async def _take(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Receipt:
        received, deadline = self._now(), Deadline(self._seconds)
        with self._room.share() as share:
            signal, head, token, body = await self._admit(scope, headers, receive, share, deadline)
            with self._courtesy.serving(token.id):
                pivoted = await self._decode(signal, head, token, body.data, received, deadline)
        content = 0 if head.batch_id is None else content_of(*body)
        batch = Batch(pivoted, token, head.batch_id, received, content)
        with self._courtesy.serving(token.id):
            return await deadline.keep(self._writer.submit(batch))

    async def _admit(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, share: Share, deadline: Deadline
    ) -> tuple[AnySignal, Head, Token, Body]:
        """What is sent, by whom, and the whole body."""
        try:
            signal = self._find(scope["method"], scope["path"])
            check_repeated(scope["headers"])
            head = read_head(headers)
            token = self._credentials.recall(head.authorization)
            if token is None:
                with self._courtesy.serving(samples.NOBODY):
                    token = await deadline.keep(self._credentials.check(head.authorization))
            scope[_SENDER] = token.id
            _check_rate(self._requests.wait(token.id), "requests", "Send fewer and larger ones.")
            with deadline.paused():
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

    async def _decode(
        self, signal: AnySignal, head: Head, token: Token, body: bytes, received: float, deadline: Deadline
    ) -> Pivoted:
        steps = self._sort(signal, head, token, body, received)
        if len(body) <= _INLINE_BYTES:
            return await self._courtesy.read(token.id, steps, deadline)
        await deadline.keep(self._decoding.acquire(), "Many large bodies come at once.")
        try:
            return await asyncio.to_thread(finish, steps, _let_others_go_first)
        finally:
            self._decoding.release()

    def _sort(self, signal: AnySignal, head: Head, token: Token, body: bytes, received: float) -> Steps[Pivoted]:
        measured = dict[Scalar | None, float]()  # one request is one measurement, however many resources it holds

        def offset(host: Scalar | None) -> float:
            if host not in measured:
                measured[host] = self._clocks.offset(token.id, host, received, head.sent_at)
            return measured[host]

        def charge(points: int) -> None:
            _check_rate(self._points.wait(token.id, points), signal.items, "Send this again when it is time.")

        try:
            return (yield from signal.read(body, head.content_type, received, offset, charge))
        except ValueError as error:
            raise invalid(f"A resource's attributes cannot be read: {error}") from None


def _let_others_go_first() -> None:
    time.sleep(_BREATH)


def _check_rate(wait: int, what: str, advice: str) -> None:
    if wait:
        message = f"This token sends too many {what} a second. {advice}"
        raise Refusal(429, Code.RESOURCE_EXHAUSTED, message, ((b"retry-after", str(wait).encode()),))
