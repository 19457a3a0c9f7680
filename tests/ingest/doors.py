"""Doors for any test: to the real database, or to one that waits when it is told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections

from advisor.fleet import registry
from advisor.fleet.models import Token
from advisor.ingest.answers import Receipt
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.commit import Committer
from advisor.ingest.credentials import Credentials
from advisor.ingest.door import Door
from advisor.ingest.hints import Hints
from advisor.ingest.writer import Writer
from tests.ingest.client import MakeDoor, pages
from tests.ingest.exports import NOW


class Gated:
    """Stands for a database: takes what comes, once it may, and remembers it."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.error: Exception | None = None
        self.batches: list[Batch] = []

    def commit(self, batches: Sequence[Batch]) -> list[Outcome]:
        self.entered.set()
        assert self.gate.wait(30)
        if self.error:
            raise self.error
        self.batches += batches
        return [Receipt(batch.pivoted.rejected, points=batch.points) for batch in batches]

    def door(self, **given: Any) -> Door:
        """A door to it, with two tokens."""
        tokens = {"good": Token(pk=1, kind=Token.Kind.HOST), "other": Token(pk=2, kind=Token.Kind.API)}
        known = Credentials(tokens.get, is_formed=bool)
        return Door(pages, Writer(self.commit), known, lambda: NOW, **{"seconds": 30.0, **given})


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
