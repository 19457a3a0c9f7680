"""The short way of a request that is there whole, from a sender who is known: without a task, nearly always.

Most requests come that way. What an ASGI application asks of a server takes as long as reading what agents send.
"""

from __future__ import annotations

import asyncio

from advisor.fleet.models import Token
from advisor.ingest.answers import Receipt
from advisor.ingest.batch import Outcome
from advisor.ingest.body import Body, inflate
from advisor.ingest.deadline import Deadline, late
from advisor.ingest.desk import Desk, ending
from advisor.ingest.pivot import Pivoted
from advisor.ingest.reader import INLINE_BYTES, Admitted
from advisor.ingest.request import Pending, Request, Tell
from advisor.ingest.room import Share
from advisor.ingest.steps import Steps


class ShortWay:
    """Takes requests past ASGI."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def take(self, request: Request, data: bytes, tell: Tell) -> Pending | None:
        """As `Way.take`."""
        token = self._desk.credentials.recall(request.given.get(b"authorization", b""))
        if token is None:
            return None
        self._desk.courtesy.enter(token.id)
        pending = self._begin(request, token, data)
        timer = pending.get_loop().call_later(self._desk.seconds, _give_up, pending)

        def conclude(pending: Pending) -> None:
            timer.cancel()
            self._desk.courtesy.leave(token.id)
            tell(self._desk.answer(request, self._outcome(request, pending)))

        pending.add_done_callback(conclude)
        return pending

    def _begin(self, request: Request, token: Token, data: bytes) -> Pending:
        desk = self._desk
        try:
            admitted = desk.admit(request, *desk.look(request), token, desk.now())
            body = inflate(data, admitted.head.gzip, INLINE_BYTES)
            if body is None:
                return asyncio.create_task(self._read_large(admitted, data))
            steps = desk.reader.steps(admitted, body.data)
            done = desk.courtesy.read_at_once(token.id, steps)
            if done is None:
                share = desk.room.share()
                share.grow(len(body.data))
                return asyncio.create_task(self._go_on(admitted, body, steps, share))
            return desk.writer.enter(admitted.bring(done.value, body))
        except Exception as error:  # it is told, and logged where nobody meant it
            refused = asyncio.get_running_loop().create_future()
            refused.set_result(desk.failure(request, error))
            return refused

    async def _read_large(self, admitted: Admitted, data: bytes) -> Receipt:
        with self._desk.room.share() as share:
            body = inflate(data, admitted.head.gzip) or Body(b"")  # what is too large is refused
            share.grow(len(body.data))
            return await self._go_on(admitted, body, self._desk.reader.steps(admitted, body.data), share)

    async def _go_on(self, admitted: Admitted, body: Body, steps: Steps[Pivoted], share: Share) -> Receipt:
        """What takes longer than others should wait for."""
        deadline = Deadline(self._desk.seconds)
        with share:
            pivoted = await self._desk.reader.read(admitted.token, body.data, steps, deadline)
        return await deadline.keep(self._desk.writer.submit(admitted.bring(pivoted, body)))

    def _outcome(self, request: Request, pending: Pending) -> Outcome:
        if pending.cancelled():
            return ending()
        error = pending.exception()
        if error is None:
            outcome: Outcome = pending.result()
            return outcome
        return self._desk.failure(request, error)


def _give_up(pending: Pending) -> None:
    """A task has the same deadline, and keeps it itself."""
    if not isinstance(pending, asyncio.Task) and not pending.done():
        pending.set_result(late())
