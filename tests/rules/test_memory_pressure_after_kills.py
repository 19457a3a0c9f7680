"""memory-pressure long after a kill: the rows of who was killed are gone, and what happened is still known."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.diagnosis import Condition
from advisor.vocabulary import Verdict
from advisor.vocabulary.events import EXITED
from tests.additions import happened, life, with_events, with_lives
from tests.rules.test_memory_pressure import grouped, read, rule


@pytest.mark.parametrize(("ago", "said", "condition"), [
    (1800, {"signal": "SIGKILL"}, Condition.BETWEEN),
    (1800, {"exit_code": 134}, Condition.BETWEEN),
    (4000, {"signal": "SIGKILL"}, Condition.UNDER),  # an hour ago
    (1800, {"signal": "SIGTERM"}, Condition.UNDER),
    (1800, {"exit_code": 1}, Condition.UNDER),
])  # fmt: skip
def test_it_does_not_clear_for_an_hour_after_a_kill_whose_rows_are_gone(
    ago: float, said: dict[str, Any], condition: Condition
) -> None:
    seen = with_lives(grouped(0.3), life(ago + 2400, ago, 77), life(ago - 5, 0, 10))
    assert read(with_events(seen, happened(EXITED.name, ago, 77, **said))).condition is condition


def test_such_a_kill_makes_nothing_fire() -> None:
    seen = with_lives(grouped(0.3), life(4200, 1800, 77), life(1795, 0, 10))
    assert rule(with_events(seen, happened(EXITED.name, 1800, 77, signal="SIGKILL"))).verdict is Verdict.CLEAR
