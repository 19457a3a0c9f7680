"""Rules that say what a test wants, in place of the real ones."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import pytest

from advisor.diagnosis import Condition, Evidence, Judgement, Reading, Recall, Rule, RuleState, Ruling
from advisor.engine import judge
from advisor.features import Snapshot
from advisor.vocabulary import Severity, Verdict
from tests.builders import NOW, snapshot

_USERS = ("judge", "order", "notes", "summary")
"""The modules of the engine that know all rules."""

RECALL = Recall(3600.0, 60.0, pace=600.0)
"""Of a rule that is not looked at in these tests."""


def figure(signal: str, value: float, limit: float, relation: str = "at least") -> Evidence:
    """A figure with its limit; it holds as the relation says."""
    holds = value >= limit if relation == "at least" else value < limit
    return Evidence(signal, signal.replace("_", " ").capitalize(), value, "1", limit, relation, holds)


def reads(
    condition: Condition, sure: float = 0.8, *evidence: Evidence, severity: Severity = Severity.WARNING
) -> Reading:
    """A reading of this condition and confidence."""
    missing = ("A signal (advisor.test): send it",) if condition is Condition.UNKNOWN else ()
    claim = "shop: 3 of 4 things are wrong"
    return Reading(condition, claim, evidence, severity, sure, missing)


def rule(id: str, place: int, reading: Reading, explained_by: Sequence[str] = (), **more: Any) -> Rule:
    """A rule of this id that always answers with this reading, and holds for no time."""
    module = f"invented.{id.replace('-', '_')}"
    sys.modules[module] = ModuleType(module, doc=f"{id.replace('-', ' ').capitalize()}\n\n## What it sees\nNothing.\n")
    told: dict[str, Any] = {"suggests": ("cluster",), "window": 60.0, "hold": 0.0, "clear_hold": 0.0} | more
    made = Rule(module, needs=(), place=place, explained_by=explained_by, **told)
    made.check(lambda seen: reading)
    return made


def install(monkeypatch: pytest.MonkeyPatch, *rules: Rule) -> None:
    """Let the engine know these rules alone, in the order of diagnosis."""
    known = {one.id: one for one in sorted(rules, key=lambda one: (one.place, one.id))}
    for module in _USERS:
        monkeypatch.setattr(sys.modules[f"advisor.engine.{module}"], "RULES", known)


def look(seen: Snapshot | None = None, **states: Verdict) -> Judgement:
    """One look at a healthy service, unless another is given; `states` are remembered verdicts by rule."""
    remembered = {
        name.replace("_", "-"): RuleState(verdict, NOW - 60, seen=NOW - 10) for name, verdict in states.items()
    }
    return judge(seen or snapshot(), remembered)


def of(judgement: Judgement, rule: str) -> Ruling:
    """The ruling of one rule."""
    return next(ruling for ruling in judgement.rulings if ruling.rule == rule)
