"""Memory: bounded, and a flood of new keys never drives out those in use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.fleet.memory import Memory


def test_what_is_kept_is_known() -> None:
    memory = Memory[str, int | None](10)
    memory["a"], memory["b"] = 1, None
    assert (memory["a"], memory["b"], memory.find("a"), memory.find("c")) == (1, None, 1, None)
    with pytest.raises(KeyError):
        memory["c"]
    memory["a"] = 2
    assert (memory["a"], memory.held) == (2, 2)


def test_what_is_forgotten_is_gone() -> None:
    memory = Memory[int, int](4)
    for key in range(3):
        memory[key] = key
    for key in range(3):
        memory.forget(key)
    memory.forget(9)
    assert (memory.held, memory.find(0), memory.find(2)) == (0, None, None)


def test_a_flood_of_keys_leaves_those_in_use() -> None:
    memory = Memory[int, str](100)
    memory[-1] = "in use"
    for key in range(10_000):
        memory[key] = "invented"
        if key % 40 == 0:
            assert memory[-1] == "in use"
    assert memory.held <= 100


def test_what_nobody_asks_for_is_forgotten() -> None:
    memory = Memory[int, int](100)
    memory[-1] = 1
    for key in range(200):
        memory[key] = key
    assert memory.find(-1) is None


def test_what_grew_old_twice_is_forgotten_unless_it_was_asked_for() -> None:
    memory = Memory[str, int](100)
    memory["in use"], memory["silent"] = 1, 2
    memory.grow_old()
    assert memory.find("in use") == 1
    memory.grow_old()
    assert (memory.find("in use"), memory.find("silent")) == (1, None)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.integers())), st.integers(2, 12))
def test_it_never_holds_more_and_never_something_else(steps: list[tuple[bool, int, int]], size: int) -> None:
    memory, truth = Memory[int, int](size), dict[int, int]()
    for is_kept, key, value in steps:
        if is_kept:
            memory[key] = truth[key] = value
            assert memory[key] == value
        else:
            found = memory.find(key)
            assert found is None or found == truth[key]
        assert memory.held <= size
