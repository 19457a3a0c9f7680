"""`Door` answers `/v1/*` itself and hands everything else on.

It stands in front of Django: no middleware, no upload to disk, and the token is known before the
first byte of the body is read.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import Any, Final

from advisor.ingest import limits
from advisor.ingest.answers import Receipt, Refusal, Send, send_answer
from advisor.ingest.body import Body, Disconnected, Receive, read_body
from advisor.ingest.commit import Committer
from advisor.ingest.credentials import Credentials
from advisor.ingest.deadline import Deadline
from advisor.ingest.desk import Desk, ending
from advisor.ingest.hints import Hints
from advisor.ingest.lifespan import lifespan
from advisor.ingest.newcomers import Admission
from advisor.ingest.reader import Admitted
from advisor.ingest.refusals import Refusals
from advisor.ingest.request import STATE, Request
from advisor.ingest.room import Share
from advisor.ingest.short import ShortWay
from advisor.ingest.turns import Turns
from advisor.ingest.writer import Writer
from advisor.live import publish
from advisor.store import samples

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_CLOSE: Final = (b"connection", b"close")


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
        self._refusals = refusals or Refusals()
        self._desk = Desk(
            writer or Writer(Admission(commit, shares=turns), afterwards=commit.tell_seen, due=turns.due),
            credentials or Credentials(),
            self._refusals,
            now,
            requests_per_second,
            points_per_second,
            seconds,
        )
        self.short_way = ShortWay(self._desk)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] == "lifespan":
            scope.setdefault("state", {})[STATE] = self.short_way
            await lifespan(receive, send, self._refusals.start, self.stop)
            return
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._next(scope, receive, send)
            return
        request = Request(scope["method"], scope["path"], scope["headers"])
        try:
            answer = self._desk.answer(request, await self._take(request, receive))
        except Disconnected:
            return
        except asyncio.CancelledError:
            await send_answer(send, self._desk.answer(request, ending()))
            raise
        except Exception as error:
            answer = self._desk.answer(request, self._desk.failure(request, error))
        await send_answer(send, answer)

    def stop(self) -> None:
        """Commit what waits and end the threads, as far as they end in time. No request may be open."""
        self._desk.stop()
        self._hints.stop()

    async def _take(self, request: Request, receive: Receive) -> Receipt:
        desk, received, deadline = self._desk, self._desk.now(), Deadline(self._desk.seconds)
        with desk.room.share() as share:
            admitted, body = await self._admit(request, received, receive, share, deadline)
            with desk.courtesy.serving(admitted.token.id):
                steps = desk.reader.steps(admitted, body.data)
                pivoted = await desk.reader.read(admitted.token, body.data, steps, deadline)
                batch = admitted.bring(pivoted, body)
        del body  # nobody needs it while the batch waits
        with desk.courtesy.serving(admitted.token.id):
            return await desk.store(batch, deadline)

    async def _admit(
        self, request: Request, received: float, receive: Receive, share: Share, deadline: Deadline
    ) -> tuple[Admitted, Body]:
        """Who sends what, and the whole body."""
        try:
            signal, head = self._desk.look(request)
            token = self._desk.credentials.recall(head.authorization)
            if token is None:
                with self._desk.courtesy.serving(samples.NOBODY):
                    token = await deadline.keep(self._desk.credentials.check(head.authorization))
            admitted = self._desk.admit(request, signal, head, token, received)
            with deadline.paused():
                return admitted, await read_body(receive, head.gzip, share)
        except Refusal as refusal:
            # A body may still be on its way, and nobody is going to read it.
            raise replace(refusal, headers=(*refusal.headers, _CLOSE)) from None
