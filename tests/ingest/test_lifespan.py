from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from advisor.fleet.models import Token
from advisor.ingest.credentials import Credentials
from advisor.ingest.door import Door
from advisor.ingest.lifespan import lifespan
from tests.ingest.client import pages


async def test_the_work_begins_before_the_start_is_told_and_is_stopped_before_the_end() -> None:
    happened: list[str] = []
    asked = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> MutableMapping[str, Any]:
        happened.append(next(asked))
        return {"type": happened[-1]}

    async def send(message: MutableMapping[str, Any]) -> None:
        happened.append(message["type"])

    await lifespan(receive, send, lambda: happened.append("started"), lambda: happened.append("stopped"))
    assert happened == [
        "lifespan.startup",
        "started",
        "lifespan.startup.complete",
        "lifespan.shutdown",
        "stopped",
        "lifespan.shutdown.complete",
    ]


async def test_a_request_that_the_end_cuts_off_is_told_to_come_back() -> None:
    reading, told = asyncio.Event(), list[MutableMapping[str, Any]]()

    async def receive() -> MutableMapping[str, Any]:
        reading.set()
        await asyncio.Event().wait()  # its body never comes
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        told.append(message)

    door = Door(pages, credentials=Credentials(lambda raw: Token(pk=1), is_formed=bool), seconds=60.0)
    headers = [(b"content-type", b"application/json"), (b"authorization", b"Bearer good")]
    scope = {"type": "http", "method": "POST", "path": "/v1/metrics", "headers": headers}
    request = asyncio.ensure_future(door(scope, receive, send))
    await reading.wait()
    request.cancel()  # as uvicorn does when its time is up
    with pytest.raises(asyncio.CancelledError):
        await request
    assert told[0]["status"] == 503
    assert b"retry-after" in dict(told[0]["headers"])
