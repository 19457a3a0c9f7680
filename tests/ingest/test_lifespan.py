from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from advisor.ingest.lifespan import lifespan


async def test_the_work_is_stopped_before_the_end_is_told() -> None:
    happened: list[str] = []
    asked = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> MutableMapping[str, Any]:
        happened.append(next(asked))
        return {"type": happened[-1]}

    async def send(message: MutableMapping[str, Any]) -> None:
        happened.append(message["type"])

    await lifespan(receive, send, lambda: happened.append("stopped"))
    assert happened == [
        "lifespan.startup",
        "lifespan.startup.complete",
        "lifespan.shutdown",
        "stopped",
        "lifespan.shutdown.complete",
    ]
