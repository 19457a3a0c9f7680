from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from advisor.ingest.door import Door
from advisor.ingest.writer import Writer
from tests.ingest.client import MakeDoor, pages


@pytest.fixture
async def make_door(transactional_db: None) -> AsyncIterator[MakeDoor]:
    """Makes doors to the real database; their threads end with the test."""
    writers: list[Writer] = []

    def make(now: Callable[[], float], **given: Any) -> Door:
        writers.append(Writer(seconds=60.0))
        return Door(pages, writers[-1], now=now, **given)

    yield make
    for writer in writers:
        await asyncio.to_thread(writer.stop)
