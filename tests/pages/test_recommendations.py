from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from advisor.fleet.models import Service
from tests.pages.fleet import Cast
from tests.pages.test_fleet import words


def test_an_empty_list_says_what_will_be_here(page: Client) -> None:
    text = words(page.get("/recommendations/").content)
    assert "No advice at the moment" in text
    assert "as soon as a rule holds" in text


def test_what_waits_comes_before_what_forms_and_what_ended(page: Client, cast: Cast) -> None:
    cast.advise(rule="a", state="resolved", ended_at=cast.now)
    cast.advise(rule="b", state="forming")
    cast.advise(rule="c")
    text = words(page.get("/recommendations/").content)
    assert "One recommendation waits for you" in text
    assert text.index("Waiting for you") < text.index("Forming State") < text.index("Earlier")


def test_what_formed_and_passed_without_opening_is_not_advice(page: Client, cast: Cast) -> None:
    cast.advise(rule="a", state="resolved", opened_at=None, ended_at=cast.now)
    assert "Earlier" not in words(page.get("/recommendations/").content)


@pytest.mark.parametrize("change", [{"last_seen": timedelta(hours=25)}, {"serves": False}])
def test_advice_on_a_service_that_is_gone_waits_for_nobody(
    page: Client, cast: Cast, change: dict[str, timedelta | bool]
) -> None:
    cast.advise()
    gone = {name: cast.now - value if isinstance(value, timedelta) else value for name, value in change.items()}
    Service.objects.filter(pk=cast.service.pk).update(**gone)
    html = page.get("/recommendations/").content
    text = words(html)
    assert "No advice at the moment" in text
    assert "Waiting for you" not in text
    assert "Earlier" in text
    assert not re.search(r'Recommendations<span class="count">', html.decode())


def test_advice_on_a_service_that_is_silent_for_some_hours_still_waits(page: Client, cast: Cast) -> None:
    cast.advise()
    Service.objects.filter(pk=cast.service.pk).update(last_seen=cast.now - timedelta(hours=23))
    assert "One recommendation waits for you" in words(page.get("/recommendations/").content)
