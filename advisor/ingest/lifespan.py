"""How a server starts and ends an application: https://asgi.readthedocs.io/en/latest/specs/lifespan.html."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from advisor.ingest.answers import Send
from advisor.ingest.body import Receive


async def lifespan(receive: Receive, send: Send, stop: Callable[[], None]) -> None:
    """Agree to start, and call `stop` in a thread when the server has answered its last request and ends."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.to_thread(stop)
    await send({"type": "lifespan.shutdown.complete"})
