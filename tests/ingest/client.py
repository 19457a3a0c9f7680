"""Speaks to an ASGI application as a server would, without one."""

from __future__ import annotations

import json
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from advisor.ingest.answers import Send
from advisor.ingest.body import Receive
from advisor.ingest.door import Application, Door, Scope

MakeDoor = Callable[..., Door]
"""Makes a door to the real database; takes the clock and what `Door` takes."""


@dataclass
class Answer:
    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""
    taken: int = 0
    """Bytes of the request's body that were read before the answer."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def partial(self) -> str:
        """The message of `partial_success`; empty where all went in."""
        return str(self.json.get("partialSuccess", {}).get("errorMessage", ""))


async def pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for all that is not ingest; no status of ours is 299."""
    await send({"type": "http.response.start", "status": 299, "headers": []})


async def call(
    app: Application,
    body: bytes | Sequence[bytes] = b"{}",
    path: str = "/v1/metrics",
    method: str = "POST",
    token: str | None = "good",
    **headers: str,
) -> Answer:
    """One request; header names are given with underscores."""
    given = {"content_type": "application/json", **headers}
    if token is not None:
        given["authorization"] = f"Bearer {token}"
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items() if value]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    answer = Answer()
    receive = _receive([body] if isinstance(body, bytes) else list(body), answer)

    async def send(event: MutableMapping[str, Any]) -> None:
        if event["type"] == "http.response.start":
            answer.status, answer.headers = event["status"], dict(event["headers"])
        else:
            answer.body += event.get("body", b"")

    await app(scope, receive, send)
    return answer


def _receive(chunks: list[bytes], answer: Answer) -> Receive:
    async def receive() -> MutableMapping[str, Any]:
        chunk = chunks.pop(0)
        answer.taken += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

    return receive
