from __future__ import annotations

import re

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

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
