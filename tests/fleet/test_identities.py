"""What is remembered of those who send: never what has changed since, and no more than there is room for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.fleet import identities
from advisor.fleet.claim import Said
from advisor.fleet.identities import Identities, Identity

KEY = (1, None, None, True)
SHOP = Identity(host_id=3, service_id=5, instance_id=7)


def test_who_is_kept_is_recalled_for_the_same_token_alone() -> None:
    memory, said = Identities(), Said({"service.name": "shop"})
    memory.keep(said, KEY, SHOP)

    assert memory.recall(said, KEY) == memory.recall(said, KEY) == SHOP
    assert memory.recall(Said(said), KEY) == SHOP
    assert memory.recall(said, (2, *KEY[1:])) is None


def test_a_change_is_told_to_whoever_was_recalled_before() -> None:
    memory, inside, outside = Identities(), Said({"service.name": "shop"}), Said({"process.pid": 1})
    for said in (inside, outside):
        memory.keep(said, KEY, SHOP)
        assert memory.recall(said, KEY) == SHOP

    moved = replace(SHOP, service_id=6, has_inside=True)
    memory.know(7, moved)
    assert (memory.recall(inside, KEY), memory.recall(outside, KEY)) == (moved, moved)
    memory.know(7, None)
    assert (memory.recall(inside, KEY), memory.recall(outside, KEY)) == (None, None)


def test_a_resource_that_comes_from_another_host_keeps_its_own() -> None:
    memory, here, there = Identities(), Said({"service.name": "shop"}), Said({"service.name": "shop", "host.id": "b"})
    memory.keep(here, KEY, SHOP)
    memory.keep(there, KEY, replace(SHOP, host_id=4))

    assert memory.recall(here, KEY) == SHOP
    assert memory.recall(there, KEY) == replace(SHOP, host_id=4)


def test_who_was_forgotten_for_want_of_room_is_gone_where_the_database_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "_REMEMBERED", 4)
    memory, said = Identities(), Said({"service.name": "shop"})
    memory.keep(said, KEY, SHOP)
    assert memory.recall(said, KEY) == SHOP
    for other in range(10, 20):
        memory.know(other, replace(SHOP, instance_id=other))

    assert memory.recall(said, KEY) is None
    memory.know(7, None)
    assert memory.recall(said, KEY) is None
