"""The sentences beside a claim: what else may explain it and how to tell, and why more copies do not help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from advisor.diagnosis import Evidence, Option, Rejection, Ruling
from advisor.diagnosis.finding import in_words, leading
from advisor.diagnosis.words import lowered, percent
from advisor.engine import order
from advisor.engine.registry import RULES, STRATEGIES

NOT_BY_COPIES: Final = frozenset(
    ("crash-loop", "descriptor-leak", "memory-leak", "downstream-bound", "datastore-write-bound",
     "datastore-read-bound", "uneven-load", "dropped-at-deploy")
)  # fmt: skip
"""Trouble that further copies of the process never end (decision model 1.5)."""

_COPIES: Final = "More copies"
_NO_COPIES: Final = f"{_COPIES} will not help"


def beside(
    ruling: Ruling,
    rulings: Iterable[Ruling],
    waiting: Sequence[str],
    options: Sequence[Option],
    rejected: Sequence[Rejection],
) -> tuple[str, ...]:
    """What a reader of this ruling's advice should know besides the claim; `waiting` are those that it holds back."""
    copies = why_no_copies(ruling, options, rejected)
    close = order.close_explanations(ruling, rulings)
    known = {other.rule for other in close}
    held = [lowered(RULES[name].title) for name in waiting if name not in known]
    # What follows from a finding is named beside it (decision model 1.3).
    follows = [f"Held back until this is settled: {', '.join(held)}."] if held else []
    return (*([copies] if copies else []), *[_also(ruling, other) for other in close], *follows)


def why_no_copies(ruling: Ruling, options: Sequence[Option], rejected: Sequence[Rejection]) -> str:
    """That more copies will not help, with the number that says so; empty where they may, or were not considered."""
    if any(option.adds_copies for option in options):
        return ""
    shown = leading(ruling.reading)
    if ruling.rule in NOT_BY_COPIES and shown is not None:
        return f"{_NO_COPIES}. {in_words(shown)}."
    reason = next((no.reason for no in rejected if STRATEGIES[no.id].adds_copies), "")
    return f"{_NO_COPIES}: {reason}" if reason and not reason.startswith(_COPIES) else reason


def _also(ruling: Ruling, other: Ruling) -> str:
    own, rival = ruling.reading.confidence, other.reading.confidence
    title = RULES[other.rule].title
    sentence = f"{title} explains these figures nearly as well (confidence {percent(rival)} beside {percent(own)})."
    separating = _separating(ruling, other) or _separating(other, ruling)
    if separating is None:
        return sentence
    speaks_for, item = separating
    better = lowered(RULES[speaks_for].title)
    return f"{sentence} What separates them is {lowered(in_words(item))}, which speaks for {better}."


def _separating(one: Ruling, other: Ruling) -> tuple[str, Evidence] | None:
    """The first figure that speaks for the one and that the other does not look at."""
    looked_at = {item.signal for item in other.reading.evidence}
    found = (item for item in one.reading.evidence if item.holds and item.signal not in looked_at)
    item = next(found, None)
    return None if item is None else (one.rule, item)
