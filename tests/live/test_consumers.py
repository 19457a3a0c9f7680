from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser, User

from advisor.live import consumers
from advisor.live.hub import Hub
from advisor.live.routing import urlpatterns
from tests.live.conftest import Broker
from tests.live.page import Page

# Each message ends with Channels closing old connections of its thread; those of an earlier test may be there.
pytestmark = pytest.mark.django_db


@pytest.fixture
async def hub(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    hub = Hub(pulse=0.2, patience=1.0, retry=0.1)
    monkeypatch.setattr(consumers, "hub", hub)
    yield hub
    for socket in list(hub._sockets):
        hub.leave(socket)


def page(topic: str = "fleet", user: Any = None) -> Page:
    return Page(URLRouter(urlpatterns), topic, User(pk=1, username="owner") if user is None else user)


async def test_nobody_listens_without_signing_in(hub: Hub) -> None:
    assert not await page(user=AnonymousUser()).connect()


async def test_a_page_hears_of_its_topic(hub: Hub) -> None:
    tab = page("service:1")
    assert await tab.connect()
    assert await tab.hint() == {"topic": "live", "version": 1}
    hub._spread({"type": "hint", "topics": ["service:2", "service:1"], "version": 5})
    assert await tab.hint() == {"topic": "service:1", "version": 5}
    await tab.disconnect()
    assert hub.sockets_of(1) == 0


async def test_the_next_hint_waits_for_the_answer_and_is_the_newest(hub: Hub) -> None:
    tab = page()
    await tab.connect()
    await tab.hint()
    hub._spread({"type": "hint", "topics": ["fleet"], "version": 1})
    await tab.text()
    for version in (2, 3, 4):
        hub._spread({"type": "hint", "topics": ["fleet"], "version": version})
    await tab.answer("x" * 100_000)  # any answer will do; none is read
    assert await tab.hint() == {"topic": "fleet", "version": 4}
    await tab.disconnect()


async def test_a_page_that_does_not_answer_is_closed_with_try_again_later(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "SEND_SECONDS", 0.2)
    tab = page()
    await tab.connect()
    await tab.text()
    closed = await tab.next_event()
    assert (closed["type"], closed["code"]) == ("websocket.close", 1013)
    assert hub.sockets_of(1) == 0


async def test_one_person_may_open_twenty_pages(hub: Hub) -> None:
    pages = [page() for _ in range(consumers.SOCKETS_PER_USER)]
    assert all([await tab.connect() for tab in pages])
    assert not await page().connect()
    for tab in pages:
        await tab.disconnect()
