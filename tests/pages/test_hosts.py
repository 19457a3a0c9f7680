from __future__ import annotations

from datetime import timedelta

from django.test import Client

from advisor.fleet.models import Host
from tests.pages.fleet import Cast
from tests.pages.test_fleet import words


def test_an_empty_list_says_how_to_add_one(page: Client) -> None:
    assert "No host reports yet" in words(page.get("/hosts/").content)


def test_a_host_with_its_clock_and_its_processes(page: Client, cast: Cast) -> None:
    Host.objects.update(clock_offset=-1.5, agent_version="0.1.0")
    text = words(page.get("/hosts/").content)
    assert "The host reports" in text
    assert "web-01 Debian 12, amd64 Reporting 3 -1.50 s 0.1.0" in text


def test_a_silent_host_is_said(page: Client, cast: Cast) -> None:
    Host.objects.create(key="h2", name="web-02", first_seen=cast.now, last_seen=cast.now - timedelta(hours=1))
    assert "One of 2 hosts is silent" in words(page.get("/hosts/").content)
