"""peak: sizes go by the busiest hours of a week where those are known."""

from __future__ import annotations

import math
import re

import pytest

from advisor.diagnosis.peak import growth, told
from advisor.features import Snapshot
from tests.additions import with_window
from tests.builders import Load, Machine, snapshot

NOW = Load(elu=0.5, cpu=0.45, rps=100)


def seen(busiest: float, copies: int = 1) -> Snapshot:
    """Processes that are half busy now, and what all of them did in the busiest hours."""
    return with_window(snapshot(*[NOW] * copies, machine=Machine(cores=8)), busiest=busiest)


@pytest.mark.parametrize(("busiest", "copies", "factor"), [(0.75, 1, 1.5), (0.9, 1, 1.8), (2.4, 3, 1.6)])
def test_it_is_the_work_of_the_busiest_hours_over_that_of_now(busiest: float, copies: int, factor: float) -> None:
    assert growth(seen(busiest, copies)) == pytest.approx(factor, rel=0.04)


@pytest.mark.parametrize("busiest", [math.nan, 0.0, 0.1, 0.5])
def test_it_is_a_tenth_at_least(busiest: float) -> None:
    assert growth(seen(busiest)) == 1.1
    assert told(seen(busiest)) == ""


def test_it_is_told_with_its_number() -> None:
    sentence = r" The busiest hours of the last 7 days took 1\.[89] times the work of now\."
    assert re.fullmatch(sentence, told(seen(0.9)))
