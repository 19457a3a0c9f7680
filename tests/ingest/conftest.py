from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.ingest.client import MakeDoor
from tests.ingest.doors import doors


@pytest.fixture
async def make_door(transactional_db: None) -> AsyncIterator[MakeDoor]:
    """Makes doors to the real database."""
    async with doors() as make:
        yield make
