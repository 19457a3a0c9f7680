"""How the data and the work of a server are spread over its databases."""

from __future__ import annotations

import math

import pytest

from advisor.features.databases import each, local_servers
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.builders import Load, snapshot

SERVER = "postgresql 127.0.0.1 5432"


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_the_largest_comes_first_and_other_servers_are_left_out(time_scale: float) -> None:
    seen = snapshot(Load(), time_scale=time_scale)
    for name, size in ((f"{SERVER} shop", 1e9), (f"{SERVER} audit", 5e9), ("postgresql 127.0.0.1 54321 x", 9e9)):
        seen = with_part(seen, PartKind.DATASTORE, name, size=size)
    assert each(seen, SERVER, "size", 300.0) == (5e9, 1e9)


def test_what_two_agents_tell_counts_once() -> None:
    seen = with_part(snapshot(Load(), hosts=2), PartKind.DATASTORE, f"{SERVER} shop", size=1e9)
    assert each(seen, SERVER, "size", 300.0) == (1e9,)


def test_what_nobody_tells_is_left_out() -> None:
    seen = with_part(snapshot(Load()), PartKind.DATASTORE, f"{SERVER} shop", size=math.nan)
    assert each(seen, SERVER, "size", 300.0) == ()
    assert each(snapshot(Load()), SERVER, "size", 300.0) == ()


def test_servers_of_a_machine_have_the_bytes_of_all_their_databases() -> None:
    seen = snapshot(Load(), hosts=2)
    for name, size in ((f"{SERVER} shop", 1e9), (f"{SERVER} audit", 5e9), ("postgresql /run 5433 x", 9e9),
                       ("postgresql web-2 5432 y", 2e9), ("postgresql 10.0.0.5 5432 z", 7e9),
                       ("redis 127.0.0.1 6379", math.nan)):  # fmt: skip
        seen = with_part(seen, PartKind.DATASTORE, name, size=size)
    first, second = (local_servers(machine, 300.0) for machine in seen.machines)
    assert first == (("postgresql /run 5433", 9e9), (SERVER, 6e9))
    assert second == (*first, ("postgresql web-2 5432", 2e9))
