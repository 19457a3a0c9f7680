"""Who holds the writer pays for it with turns that others have, as long as there are others."""

from __future__ import annotations

import pytest

from advisor.ingest.turns import AHEAD, LONGEST, PRESENT, SHARE, Turns


class Clock:
    """One that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def turns(clock: Clock) -> Turns:
    """Tokens 1 and 2 send."""
    turns = Turns(clock)
    turns.serve([2], 0.0)
    turns.serve([1], 0.0)
    return turns


def test_who_sends_now_and_then_never_waits(turns: Turns, clock: Clock) -> None:
    for _ in range(50):
        turns.serve([1], AHEAD / SHARE)
        assert turns.due(1) <= clock.now
        clock.now += AHEAD


def test_a_share_of_the_time_is_what_one_token_has(turns: Turns, clock: Clock) -> None:
    turn, taken, begin = LONGEST / SHARE / 2, 0.0, clock.now
    while clock.now < begin + PRESENT - 1:
        clock.now = max(clock.now, turns.due(1)) + turn
        turns.charge([1], turn)
        taken += turn
    assert taken / (clock.now - begin) == pytest.approx(1 / SHARE, rel=0.1)
    assert turns.due(2) <= clock.now


def test_who_brings_much_at_once_waits_no_longer_than_others_need(turns: Turns, clock: Clock) -> None:
    turns.serve([1], 60.0)
    assert turns.due(1) == pytest.approx(clock.now + LONGEST)


def test_those_who_share_a_turn_share_its_cost(turns: Turns, clock: Clock) -> None:
    cost = (AHEAD + LONGEST) / SHARE
    turns.serve([1, 2], cost)
    assert turns.due(1) == turns.due(2) == pytest.approx(clock.now + (LONGEST - AHEAD) / 2)
    turns.serve([1], cost)
    assert turns.due(1) > clock.now
    assert turns.due(2) <= clock.now


def test_nobody_waits_for_others_that_are_not_there(clock: Clock) -> None:
    turns = Turns(clock)
    for _ in range(3):
        turns.serve([1], 60.0)
    assert turns.due(1) <= clock.now
    turns.serve([2], 0.0)
    assert turns.due(1) > clock.now
    turns.serve([1], 60.0)
    assert turns.due(1) > clock.now
    clock.now += PRESENT - 0.01
    turns.serve([1], 60.0)
    assert turns.due(1) > clock.now
    clock.now += 0.01
    turns.serve([1], 60.0)
    assert turns.due(1) <= clock.now
