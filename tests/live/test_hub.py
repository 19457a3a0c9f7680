from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from advisor.live import publish
from advisor.live.hub import Hub, Slots
from tests.live.conftest import Broker

PATIENCE = 30.0


def slots(*names: str, user_id: int = 1) -> Slots:
    return Slots(frozenset(["live", *names]), user_id)


async def heard(socket: Slots, topic: str) -> int:
    """The version of the next hint of a topic."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found, version = await socket.take()
            if found == topic:
                return version


@pytest.fixture
async def hub(broker: Broker) -> AsyncIterator[Hub]:
    hub = Hub(pulse=0.2, patience=1.0, retry=0.1)
    yield hub
    for socket in list(hub._sockets):
        hub.leave(socket)


async def test_a_slot_holds_the_newest_version_of_each_topic_and_nothing_else() -> None:
    socket = slots("fleet", "service:1")
    for version in range(10_000):
        socket.put("fleet", version)
        socket.put("service:1", version)
        socket.put("service:2", version)
    assert len(socket) == 2
    assert await socket.take() == ("fleet", 9_999)
    assert await socket.take() == ("service:1", 9_999)
    assert len(socket) == 0


async def test_a_hint_of_a_worker_thread_reaches_those_who_listen(hub: Hub) -> None:
    one, other = slots("service:1"), slots("service:2")
    for socket in (one, other):
        hub.join(socket)
    assert await heard(one, "live") == 1
    await asyncio.to_thread(publish.samples, [1], [])
    assert await heard(one, "service:1") > 0
    assert len(other) == 1  # the feed's own state alone


async def test_changes_reach_the_advice_page_and_the_recommendation(hub: Hub) -> None:
    socket = slots("advice", "recommendation:7")
    hub.join(socket)
    assert await heard(socket, "live") == 1
    await asyncio.to_thread(publish.changes, [7])
    assert {(await socket.take())[0], (await socket.take())[0]} == {"advice", "recommendation:7"}


async def test_many_ids_travel_in_several_small_messages(hub: Hub) -> None:
    socket = slots("service:999")
    hub.join(socket)
    assert await heard(socket, "live") == 1
    await asyncio.to_thread(publish.samples, range(1000), [])
    assert await heard(socket, "service:999") > 0


async def test_a_socket_that_takes_nothing_costs_the_others_nothing(hub: Hub) -> None:
    stalled, lively = slots("fleet"), slots("fleet")
    for socket in (stalled, lively):
        hub.join(socket)
    assert await heard(lively, "live") == 1
    last = 0
    for _ in range(20):
        await asyncio.to_thread(publish.samples, [1], [])
        version = await heard(lively, "fleet")
        assert version >= last
        last = version
    assert len(stalled) == 2  # one slot for the feed, one for the fleet, however much happened


async def test_a_restart_of_the_broker_is_said_and_survived(hub: Hub, broker: Broker) -> None:
    socket = slots("fleet")
    hub.join(socket)
    assert await heard(socket, "live") == 1
    broker.kill()
    assert await heard(socket, "live") == 0
    late = slots("fleet")
    hub.join(late)
    assert await heard(late, "live") == 0
    broker.start()
    assert await heard(socket, "live") == 1
    await asyncio.to_thread(publish.samples, [1], [])
    assert await heard(socket, "fleet") > 0


async def test_the_last_socket_stops_the_reader(hub: Hub) -> None:
    socket = slots("fleet")
    hub.join(socket)
    assert await heard(socket, "live") == 1
    task = hub._task
    assert task is not None
    hub.leave(socket)
    await asyncio.wait([task], timeout=PATIENCE)
    assert task.cancelled()
    assert hub.connected is None


async def test_sockets_are_counted_by_person(hub: Hub) -> None:
    for user_id in (1, 1, 2):
        hub.join(slots("fleet", user_id=user_id))
    assert [hub.sockets_of(user_id) for user_id in (1, 2, 3)] == [2, 1, 0]
