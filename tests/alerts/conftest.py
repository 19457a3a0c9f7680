"""What stands in for the channels."""

from __future__ import annotations

import pytest

from tests.alerts.post import Post


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    return Post(monkeypatch)
