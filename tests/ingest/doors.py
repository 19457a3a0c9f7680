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
    """A maker of doors; they end with the context."""
    made: list[Door] = []
    registry.forget()  # it remembers rows of the test before

    def make(now: Callable[[], float], **given: Any) -> Door:
        commit = Committer(Hints(lambda services, hosts: None))
        made.append(Door(pages, Writer(commit, None, 60.0, commit.tell_seen), now=now, seconds=60.0, **given))
        return made[-1]

    try:
        yield make
    finally:
        for door in made:
            await asyncio.to_thread(door.stop)
        await sync_to_async(connections.close_all)()  # the thread that ran the test's own queries
