"""Answers are lost, torn, late or one too many; requests are refused, cut or hang."""

from __future__ import annotations

import random

import pytest

from fakes.ledger import NOTHING
from fakes.probes import probes
from fakes.shaky import GOOD, REFUSED, STORED_BUT
from fakes.witnessed import ended


@pytest.mark.parametrize("mode", STORED_BUT + REFUSED)
def test_no_kind_of_bad_answer_loses_or_doubles_anything(chaos, mode):
    kinds = [mode, GOOD, "503"]  # one is refused: it may not take a stray answer for its own
    chaos.sink.choose = lambda: kinds[len(chaos.sink.requests) % 3]
    with chaos.life() as agent, probes(chaos.port, chaos.ledger, mode, 1):
        chaos.sink.wait(lambda: chaos.sink.requests.count(mode) >= 2)
        assert ended(agent, 15) == 0
    assert chaos.findings() == NOTHING


@pytest.mark.parametrize("requests", [15, pytest.param(1000, marks=pytest.mark.long)])
def test_bad_answers_at_random_lose_and_double_nothing(chaos, seed, requests):
    chance = random.Random(seed)
    chaos.sink.choose = lambda: chance.choice((GOOD, GOOD, *STORED_BUT, *REFUSED))
    with chaos.life(), probes(chaos.port, chaos.ledger, f"{seed}", pause=0.2):
        chaos.sink.wait(lambda: len(chaos.sink.requests) >= requests)
    assert chaos.findings() == NOTHING
