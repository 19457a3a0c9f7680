"""filling: a cache that fills slows down; a leak does not, and what is not proven is neither."""

from __future__ import annotations

import pytest

from advisor.diagnosis import Evidence
from advisor.diagnosis.filling import Filled, filled
from tests.strategies.repeated import grew


def test_what_grew_and_slows_down_fills() -> None:
    assert filled(grew()) == Filled("process 1010", 300e6)


def test_what_will_end_before_the_limit_fills_as_well() -> None:
    ends = Evidence("growth_to_come", "Growth to come", 1e6, "By", 5e6, "at least", False, "process 1010")
    assert isinstance(filled((*grew(slows=False), ends)), Filled)


@pytest.mark.parametrize(("evidence", "reason"), [
    ((), "0 levels"),
    (grew(slows=False), "300 MB came at equal load and do not slow down"),
    (grew(rising=0.84), "Growth of 300 MB at equal load is not proven"),
    (grew()[2:], "Growth of 300 MB at equal load is not proven"),
])  # fmt: skip
def test_what_shows_no_such_thing_is_said_with_a_number(evidence: tuple[Evidence, ...], reason: str) -> None:
    assert str(filled(evidence)).startswith(reason)
