"""Connections: what the pools may open beside what a server accepts; nothing is guessed."""

from __future__ import annotations

import math

import pytest

from advisor.features import Snapshot
from advisor.features.connections import name_of, to_datastores
from advisor.vocabulary import PartKind
from tests.additions import with_part, with_window
from tests.builders import Load, snapshot

STORE = {"capacity": 100.0, "reserved": 3.0, "used": 40.0}
POOL = {"capacity": 10.0, "used": 4.0, "unused": 2.0}


def _seen(pool: str = "postgresql db.internal:5432/shop", **store: float) -> Snapshot:
    told = with_part(snapshot(Load(), Load()), PartKind.POOL, pool, **POOL)
    return with_part(told, PartKind.DATASTORE, "postgresql 10.0.0.5 5432 shop", **STORE | store)


def test_others_are_what_is_open_and_not_the_service_s() -> None:
    [found] = to_datastores(_seen(), 300.0)
    assert (found.server, found.capacity, found.others, found.each) == ("postgresql 10.0.0.5 5432", 97.0, 28.0, 10.0)
    assert found.own == 12.0
    assert found.taken == pytest.approx(40 / 97)
    assert found.share(2) == pytest.approx(48 / 97)
    assert found.share(6) == pytest.approx(88 / 97)


def test_two_pools_of_a_process_add_up() -> None:
    seen = with_part(_seen(), PartKind.POOL, "postgresql db.internal:5432/audit", capacity=5.0)
    assert to_datastores(seen, 300.0)[0].each == 15.0


def test_an_alias_of_the_only_server_counts_beside_its_address() -> None:
    seen = with_part(_seen("postgresql 10.0.0.5:5432/shop"), PartKind.POOL, "postgresql db.internal:5432/audit", **POOL)
    [found] = to_datastores(seen, 300.0)
    assert (found.each, found.own, found.others) == (20.0, 24.0, 16.0)


@pytest.mark.parametrize("pool", ["postgresql db.internal:6432/shop", "mysql db.internal:5432/shop", "undici"])
def test_a_pool_to_elsewhere_does_not_count(pool: str) -> None:
    assert to_datastores(_seen(pool), 300.0) == ()


@pytest.mark.parametrize(("capacity", "used"), [(math.nan, 40.0), (100.0, math.nan), (0.0, 40.0)])
def test_a_server_that_does_not_tell_is_left_out(capacity: float, used: float) -> None:
    assert to_datastores(_seen(capacity=capacity, used=used), 300.0) == ()


def test_two_databases_of_one_server_are_one() -> None:
    seen = with_part(_seen(), PartKind.DATASTORE, "postgresql 10.0.0.5 5432 audit", **STORE)
    assert len(to_datastores(seen, 300.0)) == 1


def _primary_and_replica(first: str, second: str, *, others: float = 0.0) -> Snapshot:
    """A pool of ten connections to each of two servers, which may hold some of others besides."""
    seen = with_part(snapshot(Load(), Load()), PartKind.POOL, first, **POOL)
    seen = with_part(seen, PartKind.POOL, second, **POOL)
    for name in ("db-1", "db-2"):
        seen = with_part(seen, PartKind.DATASTORE, f"postgresql {name} 5432 shop", **STORE | {"used": 12.0 + others})
    return seen


def test_two_servers_on_one_port_are_told_apart_by_their_addresses() -> None:
    found = to_datastores(_primary_and_replica("postgresql db-1:5432/shop", "postgresql db-2:5432/shop"), 300.0)
    told = {one.server: (one.each, one.own, one.others, one.pools) for one in found}
    assert told == {
        f"postgresql db-{n} 5432": (10.0, 12.0, 0.0, frozenset((f"postgresql db-{n}:5432/shop",))) for n in (1, 2)
    }


def test_where_no_address_is_known_each_may_hold_all() -> None:
    seen = _primary_and_replica("postgresql primary:5432/shop", "postgresql replica:5432/shop", others=12.0)
    assert [(one.each, one.own) for one in to_datastores(seen, 300.0)] == [(20.0, 24.0)] * 2


def test_a_pool_that_names_another_server_does_not_count() -> None:
    """Of two servers one is known by its address: the other pool is that of the server which no pool names."""
    seen = _primary_and_replica("postgresql db-1:5432/shop", "postgresql replica:5432/shop")
    found = {one.server: one.pools for one in to_datastores(seen, 300.0)}
    assert found == {
        "postgresql db-1 5432": {"postgresql db-1:5432/shop"}, "postgresql db-2 5432": {"postgresql replica:5432/shop"},
    }  # fmt: skip


def test_an_alias_counts_for_each_where_all_are_known_by_their_addresses() -> None:
    seen = _primary_and_replica("postgresql db-1:5432/shop", "postgresql db-2:5432/shop", others=12.0)
    more = with_part(seen, PartKind.POOL, "postgresql db.internal:5432/audit", **POOL)
    assert [one.each for one in to_datastores(more, 300.0)] == [20.0, 20.0]


@pytest.mark.parametrize(("first", "second", "names"), [
    ("db-1", "db-2", ["db-1", "db-2"]), ("replica", "db-1", ["db-1", "replica"]),
    ("primary", "primary", ["", ""]), ("primary", "replica", ["", ""]), ("db-2", "db-2", ["", "db-2"]),
])  # fmt: skip
def test_a_server_has_the_name_of_what_leads_to_it_alone(first: str, second: str, names: list[str]) -> None:
    seen = _primary_and_replica(f"postgresql {first}:5432/shop", f"postgresql {second}:5432/shop")
    assert [name_of(seen, f"postgresql db-{n} 5432", "") for n in (1, 2)] == [
        name and f"postgresql {name}:5432/shop" for name in names
    ]


def test_of_two_other_names_either_may_be_that_of_the_server() -> None:
    assert name_of(_seen(), "postgresql 10.0.0.5 5432", "") == "postgresql db.internal:5432/shop"
    seen = with_part(_seen(), PartKind.DATABASE, "postgresql replica 5432", count=1.0)
    assert name_of(seen, "postgresql 10.0.0.5 5432", "") == ""


def test_of_the_loopbacks_of_two_machines_each_has_its_own_name() -> None:
    seen = with_part(snapshot(Load(), hosts=2), PartKind.DATASTORE, "postgresql 127.0.0.1 5432 shop", **STORE)
    for machine in ("web-1", "web-2"):
        seen = with_part(seen, PartKind.POOL, f"postgresql {machine}:5432/shop", **POOL)
    for machine in ("web-1", "web-2"):
        assert name_of(seen, "postgresql 127.0.0.1 5432", machine) == f"postgresql {machine}:5432/shop"


def test_the_name_of_a_machine_is_one_server_whoever_tells_of_it() -> None:
    seen = with_part(snapshot(Load(), hosts=2), PartKind.DATASTORE, "postgresql web-1 5432 shop", **STORE)
    assert len(to_datastores(with_part(seen, PartKind.POOL, "postgresql web-1:5432/shop", **POOL), 300.0)) == 1


def test_the_loopback_is_that_of_its_own_machine() -> None:
    seen = with_part(snapshot(Load(), hosts=2), PartKind.DATASTORE, "postgresql 127.0.0.1 5432 shop", **STORE)
    [process, _] = seen.window.instances
    local = with_part(with_window(seen, instances=(process,)), PartKind.POOL, "postgresql localhost:5432/shop", **POOL)
    assert len(to_datastores(local, 300.0)) == 1
    named = with_part(with_window(seen, instances=(process,)), PartKind.POOL, "postgresql web-2:5432/shop", **POOL)
    assert len(to_datastores(named, 300.0)) == 1
