from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from advisor.alerts.models import Channel, Delivery
from advisor.pages.shell import PLACES
from tests.pages.fleet import Cast


def test_places_say_where_one_is_and_how_much_waits(page: Client, cast: Cast) -> None:
    cast.advise()
    html = page.get("/recommendations/").content.decode()
    current = re.findall(r'href="([^"]+)" aria-current="page"', html)
    assert current == ["/recommendations/", "/recommendations/"]  # side bar and phone bar
    assert re.search(r'Recommendations<span class="count">1</span>', html)
    assert re.search(r'Hosts<span class="count">1</span>', html)


def test_every_place_leads_somewhere(page: Client) -> None:
    assert all(page.get(reverse(place.page)).status_code == 200 for place in PLACES)


def test_a_stranger_costs_no_query(client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        client.get("/sign-in/")


def _delivery(channel: Channel, state: str, cast: Cast) -> None:
    Delivery.objects.create(channel=channel, subject="Test message", due_at=cast.now, state=state)


@pytest.mark.parametrize(
    ("states", "marked"),
    [
        (["failed"], True),
        (["failed", "delivered"], False),
        (["delivered", "failed", "due"], True),
        (["delivered"], False),
    ],
)
def test_a_channel_is_marked_while_its_last_message_was_given_up(
    page: Client, cast: Cast, states: list[str], marked: bool
) -> None:
    Channel.objects.all().delete()
    channel = Channel.objects.create(kind="email", name="Mail")
    for state in states:
        _delivery(channel, state, cast)
    html = page.get("/recommendations/").content.decode()
    assert ('Alerts<span class="count">1</span>' in html) is marked
