"""A browser tab as the server sees it: its WebSocket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

PATIENCE = 30.0


class Page:
    """Opens `/live/`, answers hints or leaves them unanswered."""

    def __init__(self, application: Any, topic: str, user: Any) -> None:
        self._sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._received: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        query = f"topic={topic}".encode()
        scope = {"type": "websocket", "path": "/live/", "query_string": query, "headers": [], "user": user}
        self._served = asyncio.ensure_future(application(scope, self._sent.get, self._received.put))

    async def next_event(self) -> dict[str, Any]:
        """What the server does next."""
        async with asyncio.timeout(PATIENCE):
            return await self._received.get()

    async def connect(self) -> bool:
        """Whether the server lets it in."""
        await self._sent.put({"type": "websocket.connect"})
        return bool((await self.next_event())["type"] == "websocket.accept")

    async def text(self) -> str:
        """The next message, left unanswered."""
        return str((await self.next_event())["text"])

    async def answer(self, text: str = "ok") -> None:
        """Say that a message arrived."""
        await self._sent.put({"type": "websocket.receive", "text": text})

    async def hint(self) -> dict[str, Any]:
        """The next message, answered."""
        hint: dict[str, Any] = json.loads(await self.text())
        await self.answer()
        return hint

    async def disconnect(self) -> None:
        """Close the tab."""
        await self._sent.put({"type": "websocket.disconnect", "code": 1001})
        async with asyncio.timeout(PATIENCE):
            await self._served
