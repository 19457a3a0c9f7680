from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError
from django.test import Client

from advisor.pages import health
from advisor.pipeline.models import Heartbeat


def test_alive_needs_no_database(client: Client) -> None:
    assert client.get("/livez").content == b"alive\n"


def test_ready_while_the_database_answers(client: Client, db: None) -> None:
    assert client.get("/readyz").json() == {"database": "ok", "judging": "ok"}


def test_a_worker_that_stands_still_is_said_here_and_on_every_page(page: Client) -> None:
    Heartbeat.objects.create(name=Heartbeat.EVALUATION, at=datetime.now(UTC) - timedelta(seconds=91))
    assert page.get("/readyz").json()["judging"].startswith("stopped at ")
    assert "Services have not been judged since" in page.get("/hosts/").content.decode()


def test_not_ready_without_database(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def cursor(self) -> None:
            raise DatabaseError("gone")

    monkeypatch.setattr(health, "connection", Away())
    assert client.get("/readyz").status_code == 503
