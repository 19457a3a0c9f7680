"""A channel's module that only counts."""

from __future__ import annotations

import pytest

from advisor.alerts import outbox
from advisor.alerts.models import Delivery


class Post:
    """Stands in for a channel's module: `send` raises what `trouble` says, else counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.trouble: Exception | None = None
        self.sent: list[Delivery] = []
        monkeypatch.setattr(outbox, "sender", lambda kind: self)

    def send(self, row: Delivery) -> str:
        self.sent.append(row)
        if self.trouble:
            raise self.trouble
        return "ok"
