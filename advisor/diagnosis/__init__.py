"""The shapes of a judgement, and the arithmetic and words that rules and strategies share.

In: a `Snapshot`.
Out: `Rule`, `Recall`, `Limit`, `Reading`, `Ruling`, `Strategy`, `Option`, `Rejection`, `Advice`, `Summary`,
`Judgement`.
May import: features, vocabulary.
"""

from advisor.diagnosis.advice import Advice, Expectation, Judgement, Option, Rejection, Step, Summary
from advisor.diagnosis.entry import Limit
from advisor.diagnosis.finding import Condition, Evidence, Reading, RuleState, Ruling, at_least, below
from advisor.diagnosis.rule import Recall, Rule
from advisor.diagnosis.strategy import Strategy

__all__ = [
    "Advice",
    "Condition",
    "Evidence",
    "Expectation",
    "Judgement",
    "Limit",
    "Option",
    "Reading",
    "Recall",
    "Rejection",
    "Rule",
    "RuleState",
    "Ruling",
    "Step",
    "Strategy",
    "Summary",
    "at_least",
    "below",
]
