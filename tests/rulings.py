"""Rulings as tests need them: of any rule, also of one whose conditions a test does not want to build."""

from __future__ import annotations

from advisor.diagnosis import Condition, Evidence, Option, Reading, Rejection, RuleState, Ruling
from advisor.engine import STRATEGIES
from advisor.features import Snapshot
from advisor.vocabulary import Severity, Verdict

ALL = (
    "crash-loop",
    "descriptor-exhaustion",
    "memory-pressure",
    "disk-filling",
    "dropped-at-deploy",
    "uneven-load",
    "host-cpu-saturated",
    "gc-pressure",
    "event-loop-blocked",
    "event-loop-saturated",
    "thread-pool-saturated",
    "websocket-capacity",
    "downstream-bound",
    "datastore-write-bound",
    "datastore-read-bound",
    "memory-leak",
    "descriptor-leak",
    "overprovisioned",
)
"""Every rule that may suggest a strategy, those of other places included."""


def firing(rule: str, *evidence: Evidence, confidence: float = 0.9) -> Ruling:
    """A rule that fires, with the figures it looked at."""
    told = evidence or (Evidence("share", "Share in trouble", 0.42, "1", 0.3, "at least", True),)
    reading = Reading(Condition.OVER, f"shop: {rule}", told, Severity.WARNING, confidence)
    return Ruling(rule, rule, Verdict.FIRING, 0.0, None, reading, RuleState(Verdict.FIRING))


def offered(strategy: str, rule: str, seen: Snapshot, *evidence: Evidence) -> Option:
    """The option that a strategy must offer where this rule fires."""
    answer = STRATEGIES[strategy].answer(seen, firing(rule, *evidence))
    assert isinstance(answer, Option), f"{strategy} was rejected: {answer}"
    return answer


def refused(strategy: str, rule: str, seen: Snapshot, *evidence: Evidence) -> str:
    """The reason with which a strategy must be rejected where this rule fires; it always holds a number."""
    answer = STRATEGIES[strategy].answer(seen, firing(rule, *evidence))
    assert isinstance(answer, Rejection), f"{strategy} was offered: {answer}"
    assert any(character.isdigit() for character in answer.reason), answer.reason
    return answer.reason
