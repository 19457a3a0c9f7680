"""Room of a pool: what waits is wanted, twice as much at most, and never more than its datastore has room for."""

from __future__ import annotations

import math

import pytest

from advisor.diagnosis.pool_room import Room, expected, room, wanted
from advisor.features import parts
from advisor.features.parts import Pool
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.builders import Load, snapshot

NAME = "postgresql db.internal:5432/shop"
WINDOW = 300.0


def pool(used: float = 10.0, capacity: float = 10.0, pending: float = 5.0, wait: float = 0.4) -> Pool:
    return Pool(NAME, "shop 1", used, capacity, pending, wait, 40.0, math.nan)


def found(*loads: Load, **store: float) -> Room:
    """What it says to two (or these) processes with ten connections each, all at work, and five requests that wait."""
    seen = snapshot(*(loads or (Load(), Load())))
    seen = with_part(seen, PartKind.POOL, NAME, used=10.0, unused=0.0, capacity=10.0, pending=5.0)
    if store:
        told = {"capacity": 100.0, "reserved": 0.0, "used": 30.0, "active": 0.2}
        seen = with_part(seen, PartKind.DATASTORE, "postgresql 127.0.0.1 5432 shop", **told | store)
    return room(seen, parts.pools(seen, WINDOW)[0], WINDOW)


@pytest.mark.parametrize(("pending", "size"), [(5.0, 15), (4.2, 15), (9.9, 20), (40.0, 20), (0.0, 10)])
def test_what_is_at_work_and_waited_for_is_wanted_twice_as_much_at_most(pending: float, size: int) -> None:
    assert wanted(pool(pending=pending)) == size


def test_a_datastore_with_room_gives_what_is_wanted() -> None:
    assert found(used=30.0) == Room(15, "", 70.0, is_told=True)


@pytest.mark.parametrize(("active", "size"), [(0.98, 15), (1.02, 10)])
def test_a_datastore_at_work_gives_nothing(active: float, size: int) -> None:
    """Two cores: half a session for each is one."""
    seen = found(active=active)
    assert seen.size == size
    assert ("active sessions for each core" in seen.why_not) is (size == 10)


@pytest.mark.parametrize(("used", "size"), [(59.0, 15), (61.0, 10)])
def test_taken_connections_give_nothing(used: float, size: int) -> None:
    seen = found(used=used)
    assert seen.size == size
    assert ("61% of its server's connections are taken" in seen.why_not) is (size == 10)


@pytest.mark.parametrize(("capacity", "used", "size"), [(50.0, 29.0, 15), (45.0, 26.0, 15), (40.0, 23.0, 14)])
def test_all_pools_together_stay_within_four_fifths(capacity: float, used: float, size: int) -> None:
    seen = found(capacity=capacity, used=used)
    assert seen.size == size
    assert (used - 20 + 2 * seen.size) / capacity <= 0.8


def test_pools_that_may_already_open_too_much_do_not_grow() -> None:
    idle = snapshot(*[Load()] * 4)
    seen = with_part(idle, PartKind.POOL, NAME, used=3.0, unused=0.0, capacity=10.0, pending=15.0)
    seen = with_part(seen, PartKind.DATASTORE, "postgresql 127.0.0.1 5432 shop", capacity=50.0, used=20.0, active=0.1)
    answer = room(seen, parts.pools(seen, WINDOW)[0], WINDOW)
    assert answer.size == 10
    assert "may already open 96% of its server's connections" in answer.why_not


def test_where_nobody_tells_it_says_so() -> None:
    seen = found()
    assert (seen.size, seen.why_not, seen.is_told) == (15, "", False)
    assert math.isnan(seen.left)


@pytest.mark.parametrize("gone", ["capacity", "active"])
def test_half_of_it_is_not_told(gone: str) -> None:
    assert not found(**{gone: math.nan}).is_told


def test_the_wait_falls_with_its_size_where_all_demand_is_seen() -> None:
    used, wait = expected(pool(pending=5.0), 15)
    assert (used.now, used.high) == (1.0, 1.0)
    assert used.low == pytest.approx(10 / 15)
    assert (wait.now, wait.low) == (0.4, 0.0)
    assert wait.high == pytest.approx(0.4 * 10 / 15)


def test_the_wait_may_stay_where_demand_is_hidden() -> None:
    _, wait = expected(pool(pending=40.0), 20)
    assert wait.high == wait.now


def test_a_wait_that_is_not_told_is_not_foretold() -> None:
    assert [e.metric for e in expected(pool(wait=math.nan), 15)] == ["pool_used"]


def test_a_pool_has_the_room_of_the_server_that_it_leads_to() -> None:
    """Beside a replica on the same port, which is full and at work."""
    seen = snapshot(Load(), Load())
    for name, used, active in (("db-1", 30.0, 0.2), ("db-2", 95.0, 40.0)):
        pool_name = f"postgresql {name}:5432/shop"
        seen = with_part(seen, PartKind.POOL, pool_name, used=10.0, unused=0.0, capacity=10.0, pending=5.0)
        seen = with_part(seen, PartKind.DATASTORE, f"postgresql {name} 5432 shop", capacity=100.0, used=used,
                         active=active)  # fmt: skip
    rooms = {one.name: room(seen, one, WINDOW) for one in parts.pools(seen, WINDOW)}
    assert (rooms["postgresql db-1:5432/shop"].size, rooms["postgresql db-1:5432/shop"].left) == (15, 70.0)
    assert rooms["postgresql db-2:5432/shop"].size == 10
