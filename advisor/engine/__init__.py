"""Finds the rules and strategies and makes one judgement of a service.

In: a Snapshot and the remembered RuleStates.
Out: `judge`, `RULES`, `STRATEGIES`; the handbook pages.
May import: rules, strategies, diagnosis, features, vocabulary.
"""

from advisor.engine.judge import judge
from advisor.engine.registry import RULES, STRATEGIES

__all__ = ["RULES", "STRATEGIES", "judge"]
