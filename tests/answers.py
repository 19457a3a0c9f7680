"""What the product answers to a snapshot, for tests that look at one rule or one strategy."""

from __future__ import annotations

from advisor.diagnosis import Expectation, Option, Rejection, RuleState, Ruling
from advisor.engine import STRATEGIES, judge
from advisor.features import Snapshot


def ruled(rule: str, seen: Snapshot, state: RuleState | None = None) -> Ruling:
    """What one rule says of a snapshot, by the way that the product asks it."""
    judgement = judge(seen, {rule: state} if state else {})
    return next(ruling for ruling in judgement.rulings if ruling.rule == rule)


def answered(strategy: str, rule: str, seen: Snapshot) -> Option | Rejection:
    """What one strategy says to one rule's ruling, whatever the ruling is."""
    return STRATEGIES[strategy].answer(seen, ruled(rule, seen))


def option(strategy: str, rule: str, seen: Snapshot) -> Option:
    """The option that a strategy must offer here."""
    answer = answered(strategy, rule, seen)
    assert isinstance(answer, Option), f"{strategy} was rejected: {answer}"
    return answer


def rejection(strategy: str, rule: str, seen: Snapshot) -> str:
    """The reason with which a strategy must be rejected here; it always holds a number."""
    answer = answered(strategy, rule, seen)
    assert isinstance(answer, Rejection), f"{strategy} was offered: {answer}"
    assert any(character.isdigit() for character in answer.reason), answer.reason
    return answer.reason


def expected(found: Option, metric: str) -> Expectation:
    """What an option expects of a metric."""
    return next(e for e in found.expected if e.metric == metric)
