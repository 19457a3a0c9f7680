"""Work in steps comes to the same wherever it is done, and others have their turn in between."""

from __future__ import annotations

import asyncio

import pytest

from advisor.ingest.steps import Done, Steps, advance, finish, in_turns


def counted(many: int, told: list[str], name: str = "") -> Steps[int]:
    for step in range(many):
        told.append(f"{name}{step}")
        yield
    return many


def failing() -> Steps[int]:
    yield
    raise ValueError("no number")


def test_all_of_it_is_done_at_once_with_something_in_between() -> None:
    told: list[str] = []
    assert finish(counted(2, told), lambda: told.append("between")) == 2
    assert told == ["0", "between", "1", "between"]


async def test_others_have_their_turn_between_two_steps() -> None:
    told: list[str] = []
    assert await asyncio.gather(*(in_turns(counted(2, told, name)) for name in "ab")) == [2, 2]
    assert told == ["a0", "b0", "a1", "b1"]


async def test_what_goes_wrong_is_told() -> None:
    with pytest.raises(ValueError, match="no number"):
        finish(failing())
    with pytest.raises(ValueError, match="no number"):
        await in_turns(failing())


def test_a_step_says_what_the_work_came_to_once_it_was_the_last() -> None:
    steps = counted(1, [])
    assert [advance(steps), advance(steps)] == [None, Done(1)]
