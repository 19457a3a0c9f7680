"""How a server starts and ends an application: https://asgi.readthedocs.io/en/latest/specs/lifespan.html."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from advisor.ingest.answers import Send
from advisor.ingest.body import Receive


async def lifespan(receive: Receive, send: Send, start: Callable[[], None], stop: Callable[[], None]) -> None:
    """Call `start` and agree to start; call `stop` in a thread when the last request is answered."""
    await receive()
    start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.to_thread(stop)
    await send({"type": "lifespan.shutdown.complete"})
