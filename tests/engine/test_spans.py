"""spans: a look has what every rule looks back over, at every time scale."""

from __future__ import annotations

import pytest

from advisor.diagnosis import RuleState
from advisor.engine import RULES
from advisor.engine.spans import lives_seconds, recalls, window_seconds
from advisor.vocabulary import Verdict
from tests.answers import ruled
from tests.builders import Load, snapshot

SLOW = [rule for rule in RULES.values() if rule.recall is not None]


@pytest.mark.parametrize("scale", [1.0, 5.0, 10.0])
def test_the_window_is_as_long_as_the_longest_rule_needs(scale: float) -> None:
    assert window_seconds(scale) * scale > max(rule.window for rule in RULES.values())
    assert lives_seconds(scale) * scale == pytest.approx(3 * 86400)


def test_a_recall_is_asked_for_at_first_and_after_its_pace() -> None:
    assert recalls({}, 1000.0, 1.0) == {rule.id: rule.recall for rule in SLOW}
    just_seen = {rule.id: RuleState(Verdict.CLEAR, seen=999.0) for rule in SLOW}
    assert recalls(just_seen, 1000.0, 1.0) == {}
    assert recalls(just_seen, 1e9, 1.0) == {rule.id: rule.recall for rule in SLOW}


def test_what_is_asked_of_quiet_services_is_what_a_look_shows() -> None:
    minutes = int(window_seconds(1.0) // 60)
    (lacks,) = ruled("downstream-bound", snapshot(Load(rps=0.1))).reading.missing
    assert lacks.startswith(f"200 requests in {minutes} minutes")
