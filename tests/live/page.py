"""A browser tab as the server sees it: its WebSocket."""

from __future__ import annotations

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

PATIENCE = 30.0


class Page(ApplicationCommunicator):
    """Opens `/live/`, answers hints or leaves them unanswered."""

    def __init__(self, application: Any, topic: str, user: Any) -> None:
        query = f"topic={topic}".encode()
        super().__init__(
            application, {"type": "websocket", "path": "/live/", "query_string": query, "headers": [], "user": user}
        )

    async def connect(self) -> bool:
        """Whether the server lets it in."""
        await self.send_input({"type": "websocket.connect"})
        return bool((await self.receive_output(PATIENCE))["type"] == "websocket.accept")

    async def text(self) -> str:
        """The next message, left unanswered."""
        return str((await self.receive_output(PATIENCE))["text"])

    async def answer(self, text: str = "ok") -> None:
        """Say that a message arrived."""
        await self.send_input({"type": "websocket.receive", "text": text})

    async def hint(self) -> dict[str, Any]:
        """The next message, answered."""
        hint: dict[str, Any] = json.loads(await self.text())
        await self.answer()
        return hint

    async def disconnect(self) -> None:
        """Close the tab."""
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait(PATIENCE)
