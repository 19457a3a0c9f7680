"""The short way of a request that is there whole, from a sender who is known: without a task, nearly always.

Most requests come that way. What an ASGI application asks of a server takes as long as reading what agents send.
"""

from __future__ import annotations

import asyncio

from advisor.fleet.models import Token
from advisor.ingest.answers import Answer, Receipt, refuse
from advisor.ingest.batch import Outcome
from advisor.ingest.body import Body, answer_type, inflate
from advisor.ingest.deadline import Deadline
from advisor.ingest.desk import Desk, ending
from advisor.ingest.pivot import Pivoted
from advisor.ingest.reader import INLINE_BYTES, Admitted
from advisor.ingest.request import Pending, Request, Tell
from advisor.ingest.room import Share
from advisor.ingest.steps import Done, Steps


class ShortWay:
    """Takes requests past ASGI."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def take(self, request: Request, data: bytes, tell: Tell) -> Pending | None:
        """As `Way.take`."""
        token = self._desk.credentials.recall(request.given.get(b"authorization", b""))
        if token is None:
            return None
        pending = self._begin(request, token, data)
        timer = None
        if not pending.done():
            self._desk.courtesy.enter(token.id)
            timer = pending.get_loop().call_later(self._desk.seconds, self._give_up, pending)

        def conclude(pending: Pending) -> None:
            if timer is not None:
                timer.cancel()
                self._desk.courtesy.leave(token.id)
            tell(self._answer(request, pending))

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
            begun = desk.courtesy.begin(token.id, steps)
            if isinstance(begun, Done):
                return desk.writer.enter(admitted.bring(begun.value, body))
            return self._go_on_later(admitted, body, steps, begun)
        except Exception as error:  # it is told, and logged where nobody meant it
            refused = asyncio.get_running_loop().create_future()
            refused.set_result(desk.failure(request, error))
            return refused

    def _go_on_later(self, admitted: Admitted, body: Body, steps: Steps[Pivoted], lock: asyncio.Lock) -> Pending:
        """What takes longer than others should wait for."""
        share = self._desk.room.share()
        share.grow(len(body.data))
        task = asyncio.create_task(self._go_on(admitted, body, steps, lock, share))
        task.add_done_callback(lambda done: share.release())  # it may end before it begins
        return task

    async def _go_on(
        self, admitted: Admitted, body: Body, steps: Steps[Pivoted], lock: asyncio.Lock, share: Share
    ) -> Receipt:
        deadline = Deadline(self._desk.seconds)
        with share:
            pivoted = await self._desk.courtesy.go_on(admitted.token.id, steps, lock, deadline)
            batch = admitted.bring(pivoted, body)
        del body  # nobody needs it while the batch waits
        return await self._desk.store(batch, deadline)

    async def _read_large(self, admitted: Admitted, data: bytes) -> Receipt:
        deadline, reader = Deadline(self._desk.seconds), self._desk.reader
        with self._desk.room.share() as share:
            body = inflate(data, admitted.head.gzip) or Body(b"")  # what is too large is refused
            del data
            share.grow(len(body.data))
            pivoted = await reader.read(admitted.token, body.data, reader.steps(admitted, body.data), deadline)
            batch = admitted.bring(pivoted, body)
        del body
        return await self._desk.store(batch, deadline)

    def _answer(self, request: Request, pending: Pending) -> Answer:
        try:
            return self._desk.answer(request, self._outcome(request, pending))
        except Exception as error:  # without any answer the connection would wait for ever
            return refuse(self._desk.failure(request, error), answer_type(request.given))

    def _outcome(self, request: Request, pending: Pending) -> Outcome:
        if pending.cancelled():
            return ending()
        error = pending.exception()
        if error is None:
            outcome: Outcome = pending.result()
            return outcome
        return self._desk.failure(request, error)

    def _give_up(self, pending: Pending) -> None:
        """A task has the same deadline, and keeps it itself."""
        if not isinstance(pending, asyncio.Task) and not pending.done():
            pending.set_result(self._desk.late())
