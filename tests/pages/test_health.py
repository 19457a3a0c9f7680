from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.test import Client

from advisor.pages import health


def test_alive_needs_no_database(client: Client) -> None:
    assert client.get("/livez").content == b"alive\n"


def test_ready_while_the_database_answers(client: Client, db: None) -> None:
    assert client.get("/readyz").json() == {"database": "ok"}


def test_not_ready_without_database(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def cursor(self) -> None:
            raise DatabaseError("gone")

    monkeypatch.setattr(health, "connection", Away())
    assert client.get("/readyz").status_code == 503
