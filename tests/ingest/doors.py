"""Doors to the real database, for any test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections

from advisor.fleet import registry
from advisor.ingest.commit import Committer
from advisor.ingest.door import Door
from advisor.ingest.hints import Hints
from advisor.ingest.writer import Writer
from tests.ingest.client import MakeDoor, pages


@asynccontextmanager
async def doors() -> AsyncIterator[MakeDoor]:
    """A maker of doors; their writers end with the context."""
    writers: list[Writer] = []
    registry.forget()  # it remembers rows of the test before

    def make(now: Callable[[], float], **given: Any) -> Door:
        writers.append(Writer(Committer(Hints(lambda services, hosts: None)), seconds=60.0))
        return Door(pages, writers[-1], now=now, seconds=60.0, **given)

    try:
        yield make
    finally:
        for writer in writers:
            await asyncio.to_thread(writer.stop)
        await sync_to_async(connections.close_all)()  # the thread that ran the test's own queries
