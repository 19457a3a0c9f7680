"""One open page. It is told which topics have news and answers each message; it never asks for data here."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer

from advisor.live import topics
from advisor.live.hub import Slots, hub

SEND_SECONDS = 10.0
SOCKETS_PER_USER = 20
TRY_AGAIN_LATER = 1013


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """Sends hints one at a time: the next one leaves when the page has answered the last.

    So a stalled browser holds one message and its slots, not megabytes in the kernel, and is closed
    with 1013 after `SEND_SECONDS`. A page that comes back asks for everything anew.
    """

    channel_layer_alias = ""  # the hub reads for all sockets; a socket of its own would queue without bound

    slots: Slots | None = None
    writer: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Accept a signed-in person's page; `?topic=` may stand several times."""
        user = self.scope.get("user")
        if user is None or not user.is_authenticated or hub.sockets_of(user.pk) >= SOCKETS_PER_USER:
            await self.close()
            return
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        self.answered = asyncio.Event()
        self.slots = Slots(topics.accepted(query.get("topic", ())), user.pk)
        await self.accept()
        hub.join(self.slots)
        self.writer = asyncio.create_task(self._write(self.slots))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take any message as the answer. None is read, so big or many ones cost nothing."""
        self.answered.set()

    async def disconnect(self, code: int) -> None:
        """Forget the page."""
        if self.slots is not None:
            hub.leave(self.slots)
        if self.writer is not None:
            self.writer.cancel()

    async def _write(self, slots: Slots) -> None:
        try:
            while True:
                topic, version = await slots.take()
                async with asyncio.timeout(SEND_SECONDS):
                    await self._tell({"topic": topic, "version": version})
        except TimeoutError:
            hub.leave(slots)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self.close(code=TRY_AGAIN_LATER)

    async def _tell(self, hint: dict[str, Any]) -> None:
        self.answered.clear()
        await self.send(text_data=json.dumps(hint))
        await self.answered.wait()
