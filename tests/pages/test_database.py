from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from advisor.pages import database
from advisor.store import size
from advisor.store.models import StoreSize
from advisor.store.retention import CLASSES, MINUTES
from advisor.store.samples import Course, Outlook
from tests.pages.fleet import Cast
from tests.pages.test_fleet import words

ADDRESS = "/hosts/database/"
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
GB = 1_000_000_000
DISK = size.Disk(100 * GB, 40 * GB)


def outlook(growth: float | None = 0.0, days: float | None = 20.0, disk: size.Disk | None = DISK) -> Outlook:
    return Outlook(NOW, 2 * GB, [Course(MINUTES, 2 * GB, 5, growth, days)], False, disk)


def test_hosts_lead_to_it(page: Client) -> None:
    assert f'href="{ADDRESS}"' in page.get("/hosts/").content.decode()


def test_a_fresh_installation_says_what_is_not_known_yet(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "disk", lambda: DISK)
    text = words(page.get(ADDRESS).content)
    for said in ("The database takes", "No forecast", "known after two days", "40 GB of 100 GB on its disk are free."):
        assert said in text, said
    assert "will take about" not in text
    for kept in CLASSES:
        assert kept.title in text
        assert f"ADVISOR_{kept.setting}" in text


def test_after_some_days_it_says_how_it_grows(page: Client, cast: Cast) -> None:
    now = datetime.now(UTC)
    for kind in (*(kept.kind for kept in CLASSES), size.REST):
        for ago in range(4):
            at = now - timedelta(days=ago)
            grown = (10 - ago) * 1_000_000 if kind == "minutes" else 1_000_000
            StoreSize.objects.create(day=at.date(), kind=kind, bytes=grown, rows=1234, at=at)
    text = words(page.get(ADDRESS).content)
    for said in ("and will take about", "it grew by 1 MB a day", "1,234", "10 MB", "30 d", "48 h"):
        assert said in text, said


@pytest.mark.parametrize(
    ("found", "heading", "tag", "sentence"),
    [
        (outlook(None), "The database takes 2 GB", "off", "known after two days"),
        (outlook(), "The database takes 2 GB and will take about 2 GB", "ok", "enough for all that is kept"),
        (outlook(GB), "The database takes 2 GB and will take about 22 GB", "ok", "grew by 1 GB a day"),
        (outlook(GB, 90.0), "The database takes 2 GB and will take about 92 GB", "watch", "that lasts 40 days"),
        (outlook(GB / 10, None), "The database takes 2 GB and will take about 2 GB", "ok", "lasts more than a year"),
        (outlook(2 * GB, 90.0), "The disk is full in about 20 days", "act", "that lasts 20 days"),
        (outlook(90 * GB, 9.0), "The disk is full in about 1 day", "act", "that lasts 1 day"),
        (outlook(-GB), "The database takes 2 GB and will take about 2 GB", "ok", "it shrank by 1 GB a day"),
        (outlook(disk=None), "The database takes 2 GB and will take about 2 GB", "off", "not seen from here"),
    ],
)
def test_the_state_comes_first(found: Outlook, heading: str, tag: str, sentence: str) -> None:
    assert database.heading(found) == heading
    assert database.state(found)[0] == tag
    assert sentence in " ".join(database.sentences(found))


def test_who_is_not_signed_in_learns_nothing(client: Client, db: None) -> None:
    assert client.get(ADDRESS).status_code == 302
