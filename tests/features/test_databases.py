"""How the data and the work of a server are spread over its databases."""

from __future__ import annotations

import math

import pytest

from advisor.features import Snapshot
from advisor.features.databases import each, local_servers
from advisor.features.datastores import used_by
from advisor.vocabulary import PartKind
from tests.additions import with_part, with_window
from tests.builders import Load, snapshot

SERVER = "postgresql 127.0.0.1 5432"


def _each(seen: Snapshot, server: str = SERVER) -> list[tuple[float, ...]]:
    """The sizes of each server of this name."""
    return [each(seen, store, "size", 300.0) for store in used_by(seen, 300.0) if store.name == server]


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_the_largest_comes_first_and_other_servers_are_left_out(time_scale: float) -> None:
    seen = snapshot(Load(), time_scale=time_scale)
    for name, size in ((f"{SERVER} shop", 1e9), (f"{SERVER} audit", 5e9), ("postgresql 127.0.0.1 54321 x", 9e9)):
        seen = with_part(seen, PartKind.DATASTORE, name, size=size)
    assert _each(seen) == [(5e9, 1e9)]


def test_what_two_agents_tell_counts_once() -> None:
    away = "postgresql 10.0.0.5 5432"
    seen = with_part(snapshot(Load(), hosts=2), PartKind.DATASTORE, f"{away} shop", size=1e9)
    assert _each(with_part(seen, PartKind.POOL, "postgresql 10.0.0.5:5432/shop", used=1.0), away) == [(1e9,)]


def test_the_loopback_of_each_machine_has_databases_of_its_own() -> None:
    seen = snapshot(Load(), hosts=2)
    first, second = (with_window(seen, hosts=(host,)) for host in seen.window.hosts)
    first = with_part(first, PartKind.DATASTORE, f"{SERVER} shop", size=1e9)
    second = with_part(second, PartKind.DATASTORE, f"{SERVER} audit", size=5e9)
    assert sorted(_each(with_window(seen, hosts=(*first.window.hosts, *second.window.hosts)))) == [(1e9,), (5e9,)]


def test_what_nobody_tells_is_left_out() -> None:
    seen = with_part(snapshot(Load()), PartKind.DATASTORE, f"{SERVER} shop", size=math.nan)
    assert _each(seen) == [()]


def test_servers_of_a_machine_have_the_bytes_of_all_their_databases() -> None:
    seen = snapshot(Load(), hosts=2)
    for name, size in ((f"{SERVER} shop", 1e9), (f"{SERVER} audit", 5e9), ("postgresql /run 5433 x", 9e9),
                       ("postgresql web-2 5432 y", 2e9), ("postgresql 10.0.0.5 5432 z", 7e9),
                       ("redis 127.0.0.1 6379", math.nan)):  # fmt: skip
        seen = with_part(seen, PartKind.DATASTORE, name, size=size)
    first, second = (local_servers(machine, 300.0) for machine in seen.machines)
    assert first == (("postgresql /run 5433", 9e9), (SERVER, 6e9))
    assert second == (*first, ("postgresql web-2 5432", 2e9))
