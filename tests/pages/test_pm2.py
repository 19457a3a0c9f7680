from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from advisor.fleet.models import Host
from advisor.pages.pm2 import AppRow, apps_of, apps_on
from advisor.store import samples
from advisor.store.rows import PartRow, Rows
from advisor.vocabulary import PartKind
from tests.pages.fleet import Cast
from tests.pages.test_fleet import words


def tell(cast: Cast, name: str, ago: float = 5.0, host: Host | None = None, **values: float) -> None:
    """PM2 told of this app so many seconds ago."""
    at = round((cast.now.timestamp() - ago) * 1e6)
    rows = Rows()
    rows.parts.append(PartRow((host or cast.host).pk, 0, at, 50.0, 0.0, PartKind.APP, name, values))
    with transaction.atomic():
        samples.write(rows)


def rows_of(cast: Cast) -> list[str]:
    return [row.state for row in apps_of(cast.service, cast.now.timestamp())]


@pytest.mark.parametrize(
    ("figures", "state"),
    [
        ({"given_up": 1, "restarts": 15}, "1 process given up after 15 restarts"),
        ({"given_up": 2, "stopped": 1, "restarts": 1}, "2 processes given up after 1 restart, 1 process stopped"),
        ({"starting": 1, "restarts": 4}, "1 process being started after 4 restarts"),
        ({"stopped": 1}, "1 process stopped"),
        ({"restarts": 7}, ""),
    ],
)
def test_what_became_of_an_apps_processes_in_words(figures: dict[str, int], state: str) -> None:
    nothing: dict[str, Any] = {"given_up": 0, "starting": 0, "stopped": 0, "restarts": 0}
    assert AppRow(host="web-01", name="shop", **(nothing | figures)).state == state


def test_an_app_is_the_services_by_its_name_and_host(cast: Cast) -> None:
    elsewhere = Host.objects.create(key="h9", name="web-09", first_seen=cast.now, last_seen=cast.now)
    tell(cast, "checkout", errored=1, restarts=15)
    tell(cast, "worker", errored=1, restarts=15)
    tell(cast, "checkout", host=elsewhere, errored=1, restarts=15)
    assert rows_of(cast) == ["1 process given up after 15 restarts"]


def test_the_newest_word_counts(cast: Cast) -> None:
    tell(cast, "checkout", ago=60, errored=1, restarts=15)
    tell(cast, "checkout", active=1, restarts=15)
    assert rows_of(cast) == []


def test_what_pm2_does_not_tell_any_more_is_gone(cast: Cast) -> None:
    tell(cast, "checkout", ago=600, errored=1, restarts=15)
    assert rows_of(cast) == []
    assert apps_on({cast.host.pk: "web-01"}, cast.now.timestamp()) == {}


def test_a_service_whose_processes_are_all_gone_says_why(page: Client, cast: Cast) -> None:
    tell(cast, "checkout", errored=2, restarts=30)
    text = words(page.get(f"/services/{cast.service.pk}/").content)
    assert "Given up PM2 on web-01: 2 processes given up after 30 restarts." in text
    assert "No process has reported in the last minute." in text


@pytest.mark.parametrize("path", ["/", "/hosts/"])
def test_a_host_names_what_was_given_up_there_and_nothing_else(page: Client, cast: Cast, path: str) -> None:
    tell(cast, "worker", errored=1, restarts=15)
    tell(cast, "nightly", unused=1)
    tell(cast, "api", active=2)
    text = words(page.get(path).content)
    assert "PM2, worker: 1 process given up after 15 restarts" in text
    assert "PM2, nightly" not in text
    assert "PM2, api" not in text
