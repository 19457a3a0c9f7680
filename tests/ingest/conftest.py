from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from advisor.ingest.pivot import Pivoted
from advisor.ingest.reader import Reader
from advisor.ingest.steps import Steps
from tests.ingest.client import MakeDoor
from tests.ingest.doors import doors


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the threads that read bodies."""
    seen: set[str] = set()
    steps = Reader.steps

    def watched(*given: Any) -> Steps[Pivoted]:
        seen.add(threading.current_thread().name)
        return (yield from steps(*given))

    monkeypatch.setattr(Reader, "steps", watched)
    return seen


@pytest.fixture
async def make_door(transactional_db: None) -> AsyncIterator[MakeDoor]:
    """Makes doors to the real database."""
    async with doors() as make:
        yield make
