"""Speaks to an ASGI application as a server would, without one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from advisor.ingest import answers as ingest
from advisor.ingest.answers import Send
from advisor.ingest.body import Receive
from advisor.ingest.door import Application, Door, Scope
from advisor.ingest.request import Request

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
    raw = raw_headers(token, headers)
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


def raw_headers(token: str | None = "good", headers: Mapping[str, str] | None = None) -> list[tuple[bytes, bytes]]:
    """As a server hands them over; names are given with underscores."""
    given = {"content_type": "application/json", **(headers or {})}
    if token is not None:
        given["authorization"] = f"Bearer {token}"
    return [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items() if value]


async def call_short(
    door: Door, body: bytes = b"{}", path: str = "/v1/metrics", token: str | None = "good", **headers: str
) -> Answer | None:
    """One request on the short way, as `call`; None where it has to go the long one."""
    told: asyncio.Future[ingest.Answer] = asyncio.get_running_loop().create_future()
    if door.short_way.take(Request("POST", path, raw_headers(token, headers)), body, told.set_result) is None:
        return None
    answer = await told
    fixed = {b"content-type": answer.content_type, b"content-length": str(len(answer.body)).encode()}
    return Answer(answer.status, fixed | dict(answer.headers), answer.body, len(body))


def _receive(chunks: list[bytes], answer: Answer) -> Receive:
    async def receive() -> MutableMapping[str, Any]:
        chunk = chunks.pop(0)
        answer.taken += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

    return receive
