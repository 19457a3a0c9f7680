"""What takes long to read waits for others, one of a token at a time, and not for ever."""

from __future__ import annotations

import asyncio

import pytest

from advisor.ingest.answers import Refusal
from advisor.ingest.courtesy import MOST_LOOKS, Courtesy
from advisor.ingest.deadline import Deadline
from advisor.ingest.steps import Steps


@pytest.fixture
def told() -> list[str]:
    return []


def steps(told: list[str], name: str, many: int = 2) -> Steps[str]:
    for step in range(many):
        told.append(f"{name}{step}")
        yield
    return name


async def test_the_bodies_of_a_token_are_read_one_after_another(told: list[str]) -> None:
    courtesy, deadline = Courtesy(), Deadline(60)
    both = (courtesy.read(1, steps(told, name), deadline) for name in "ab")
    assert await asyncio.gather(*both) == ["a", "b"]
    assert told == ["a0", "a1", "b0", "b1"]


async def test_those_of_two_tokens_take_turns(told: list[str]) -> None:
    courtesy, deadline = Courtesy(), Deadline(60)
    both = (courtesy.read(token, steps(told, name), deadline) for token, name in enumerate("ab"))
    assert await asyncio.gather(*both) == ["a", "b"]
    assert told == ["a0", "b0", "a1", "b1"]


async def test_the_next_step_waits_until_no_other_is_served(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    looked = asyncio.Event()

    def has_others(courtesy: Courtesy, token: int) -> bool:
        looked.set()
        return asks(courtesy, token)

    asks = Courtesy.has_others
    monkeypatch.setattr(Courtesy, "has_others", has_others)
    courtesy = Courtesy()
    with courtesy.serving(1), courtesy.serving(2):
        reading = asyncio.ensure_future(courtesy.read(1, steps(told, "a"), Deadline(60)))
        await looked.wait()
        assert told == ["a0"]
    assert await reading == "a"


async def test_nobody_waits_for_himself_nor_for_others_for_ever(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = list[float]()
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", noted)
    courtesy = Courtesy()
    with courtesy.serving(1):
        assert await courtesy.read(1, steps(told, "a"), Deadline(60)) == "a"
        assert not any(slept)
        assert await courtesy.read(2, steps(told, "b", 50), Deadline(60)) == "b"
        assert len([seconds for seconds in slept if seconds]) == MOST_LOOKS
    assert not courtesy.has_others(2)


async def test_who_brings_too_many_at_once_is_told(told: list[str]) -> None:
    courtesy = Courtesy()

    def endless() -> Steps[str]:
        while True:
            yield

    first = asyncio.ensure_future(courtesy.read(1, endless(), Deadline(60)))
    await asyncio.sleep(0)
    with pytest.raises(Refusal, match="of this token") as refused:
        await courtesy.read(1, steps(told, "b"), Deadline(0.0))
    assert refused.value.status == 503
    first.cancel()
    await asyncio.wait([first])
    assert await courtesy.read(1, steps(told, "c", 1), Deadline(60)) == "c"
