"""What every rule says of a service, each in one line with the figure that decides it: also why it is silent."""

from __future__ import annotations

from typing import Any

from advisor.diagnosis import Condition, Evidence, Reading
from advisor.diagnosis.finding import in_words, leading
from advisor.diagnosis.words import lowered
from advisor.engine.registry import RULES
from advisor.fleet.models import Service
from advisor.pages import words
from advisor.recommendations.models import RuleVerdict
from advisor.vocabulary import Verdict

_ORDER = {Verdict.FIRING: 0, Verdict.PENDING: 1, Verdict.UNKNOWN: 2, Verdict.CLEAR: 3}


def verdicts(service: Service) -> list[dict[str, Any]]:
    """Every rule's verdict with its reason, the most urgent first, what is held back behind what is not."""
    rows = RuleVerdict.objects.filter(service=service)
    ranked = sorted(rows, key=lambda row: (_ORDER[Verdict(row.verdict)], bool(row.held_back_by), row.rule))
    return [{"row": row, "name": title(row.rule), "why": why(row)} for row in ranked]


def title(rule: str) -> str:
    """What a rule is called; of one that is no longer there, its id in words."""
    return RULES[rule].title if rule in RULES else rule.replace("-", " ").capitalize()


def why(row: RuleVerdict) -> str:
    """A verdict's reason in a line: what is missing, what decides, and why nothing is advised on it if so."""
    claim, figure = str(row.reading.get("claim") or ""), decisive(row)
    if row.verdict == Verdict.UNKNOWN:
        said = _lacks(row)
    elif row.reading.get("condition") == Condition.UNKNOWN and not claim:
        said = f"As it was last looked at. {_lacks(row)}"
    elif row.verdict == Verdict.CLEAR:
        said = f"{figure}." if figure else claim or "Nothing found."
    else:
        said = f"{claim}." if row.note or not figure else f"{claim}. {figure}."
    return " ".join(part for part in (said, row.note or _opens(row)) if part)


def _lacks(row: RuleVerdict) -> str:
    """What it cannot say without; empty where the note alone tells what it waits for."""
    missing = [item for item in row.reading.get("missing") or [] if f"{item}." != row.note]
    if not missing:
        return "" if row.note else "Not enough data yet."
    return f"Cannot say without {words.listed([lowered(item) for item in missing])}."


def decisive(row: RuleVerdict) -> str:
    """The figure that decides, against its limit; empty where the rule gave none."""
    evidence = tuple(Evidence(**item) for item in row.reading.get("evidence") or ())
    found = leading(Reading(Condition(row.reading.get("condition", Condition.UNKNOWN)), evidence=evidence))
    return in_words(found) if found else ""


def _opens(row: RuleVerdict) -> str:
    """When it opens if nothing changes; empty where no clock runs."""
    if row.verdict != Verdict.PENDING or row.until is None or row.evaluated_at >= row.until:
        return ""
    return f"Opens in about {words.duration(row.until - row.evaluated_at)} if it stays."
