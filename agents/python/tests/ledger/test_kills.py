"""The agent is killed at random moments, under load, again and again."""

from __future__ import annotations

import random
import signal
import threading

import pytest

from fakes.ledger import NOTHING
from fakes.probes import probes
from fakes.shaky import GOOD, REFUSED, STORED_BUT
from fakes.witnessed import ended

_LONGEST_SECONDS = 0.4


@pytest.mark.parametrize("rounds", [6, pytest.param(250, marks=pytest.mark.long)])
def test_kills_at_random_moments_lose_and_double_nothing(chaos, seed, rounds):
    chance = random.Random(seed)
    quick = ("lose", "tear", "503", "cut")  # those that cost no time
    assert set(quick) < {*STORED_BUT, *REFUSED}
    chaos.sink.choose = lambda: chance.choice((GOOD, GOOD, GOOD, *quick))
    with probes(chaos.port, chaos.ledger, f"{seed}", pause=0.03):
        for _ in range(rounds):
            before = len(chaos.sink.requests)
            with chaos.life() as agent:
                chaos.sink.wait(lambda before=before: len(chaos.sink.requests) > before)
                # The moment itself is what is tried out: there is no event to wait for.
                threading.Event().wait(chance.uniform(0, _LONGEST_SECONDS))
                assert ended(agent, signal.SIGKILL) == -signal.SIGKILL
    assert chaos.findings() == NOTHING
    assert len(chaos.ledger.taken) >= rounds
