from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from advisor.fleet.models import Service
from advisor.recommendations.models import ServiceSummary
from tests.pages.fleet import Cast


def words(html: bytes) -> str:
    """The text of a page, without tags and runs of blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def test_an_empty_installation_says_what_to_do(page: Client) -> None:
    text = words(page.get("/").content)
    assert "No service to judge yet" in text
    assert "make demo" in text
    assert "NODE_OPTIONS=" in text


def test_a_service_without_advice_is_healthy(page: Client, cast: Cast) -> None:
    text = words(page.get("/").content)
    assert "The service is healthy" in text
    assert "1 service, 3 Node.js processes, 1 host. One healthy." in text
    assert "No change needed" in text


@pytest.mark.parametrize("stand", ["unknown", "insufficient"])
def test_a_service_of_which_nobody_knows_is_not_called_healthy(page: Client, cast: Cast, stand: str) -> None:
    ServiceSummary.objects.update(stand=stand, sentence="Nobody can say how it is.")
    text = words(page.get("/").content)
    assert "One service has no verdict yet" in text
    assert "One without verdict." in text
    assert "No verdict checkout" in text
    assert "Nobody can say how it is." in text
    assert "healthy" not in text.lower()


def test_a_service_that_was_not_judged_yet_says_so(page: Client, cast: Cast) -> None:
    ServiceSummary.objects.all().delete()
    assert "Not judged yet: the first look comes within 30 s." in words(page.get("/").content)


def test_what_is_held_back_is_no_next_step(page: Client, cast: Cast) -> None:
    cast.advise(held_back_by="gc-pressure")
    text = words(page.get("/").content)
    assert "expected" not in text
    assert "Event loop saturated, held back" in text


def test_open_advice_stands_first_with_its_expected_gain(page: Client, cast: Cast) -> None:
    cast.advise()
    text = words(page.get("/").content)
    assert "One service needs action" in text
    assert "Run 2 workers on the host p95 821 ms → 80 to 130 ms expected" in text


def test_advice_that_forms_is_watched_and_not_yet_a_step(page: Client, cast: Cast) -> None:
    cast.advise(state="forming")
    text = words(page.get("/").content)
    assert "One service is worth watching" in text
    assert "expected" not in text


@pytest.mark.parametrize("changes", [{"state": "dismissed"}, {"state": "resolved", "ended": True}])
def test_advice_that_was_turned_down_or_ended_does_not_count(
    page: Client, cast: Cast, changes: dict[str, object]
) -> None:
    if changes.pop("ended", False):
        changes["ended_at"] = cast.now
    cast.advise(**changes)
    assert "The service is healthy" in words(page.get("/").content)


def test_a_silent_service_has_no_data_whatever_was_advised(page: Client, cast: Cast) -> None:
    cast.advise()
    Service.objects.update(last_seen=cast.now - timedelta(minutes=10))
    text = words(page.get("/").content)
    assert "No service reports at the moment" in text
    assert "No data" in text


def test_beside_a_silent_service_not_all_are_called_healthy(page: Client, cast: Cast) -> None:
    Service.objects.create(name="old", serves=True, first_seen=cast.now, last_seen=cast.now - timedelta(minutes=10))
    text = words(page.get("/").content)
    assert "One service is healthy" in text
    assert "One healthy, one silent." in text


def test_processes_that_are_not_judged_are_listed_with_the_reason(page: Client, cast: Cast) -> None:
    text = words(page.get("/").content)
    assert "nightly /srv/nightly.js 200 web-01" in text
    assert "They listen on no port and nothing reports from inside" in text


def test_most_urgent_first(page: Client, cast: Cast) -> None:
    for name in ("alpha", "zulu"):
        Service.objects.create(name=name, serves=True, first_seen=cast.now, last_seen=cast.now)
    zulu = Service.objects.get(name="zulu")
    cast.advise(service=zulu, severity="warning")
    cast.advise(state="forming")
    names = re.findall(r'class="name" href="/services/\d+/">(\w+)<', page.get("/").content.decode())
    assert names == ["zulu", "checkout", "alpha"]


def test_a_hostile_name_is_only_text(page: Client, cast: Cast) -> None:
    Service.objects.filter(pk=cast.service.pk).update(name='<img src=x onerror="x">')
    html = page.get("/").content.decode()
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html
