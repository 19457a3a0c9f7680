"""How much of the past a look needs: the window of all rules, and the recall of those that are due."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from advisor.diagnosis import Recall, RuleState
from advisor.engine.registry import RULES

LIVES: Final = 3 * 86400.0
"""Seconds, at time scale 1, from which the starts and ends of processes are told."""

_NEWEST_AGE: Final = 60.0
"""Seconds that the newest sample may be old, at time scale 1, without a window losing its beginning."""


def window_seconds(time_scale: float) -> float:
    """The longest span that a rule looks back over, in real seconds at this time scale, and some more.

    Rules look back from the newest sample, which is a little older than now.
    """
    return (max(rule.window for rule in RULES.values()) + _NEWEST_AGE) / time_scale


def lives_seconds(time_scale: float) -> float:
    """How far back the lives of processes are told, in real seconds at this time scale."""
    return LIVES / time_scale


def recalls(states: Mapping[str, RuleState], now: float, time_scale: float) -> dict[str, Recall]:
    """Rule -> the longer past that it wants now (Unix seconds), for those that are due.

    All lengths of a recall are those of the decision model; the time scale divides them.
    """
    return {
        rule.id: rule.recall
        for rule in RULES.values()
        if rule.recall is not None and rule.is_due(states.get(rule.id, RuleState()), now, time_scale)
    }
