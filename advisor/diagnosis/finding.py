"""What a rule says: a reading of one window, and the ruling that hold times make of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from advisor.diagnosis.words import figure
from advisor.vocabulary import Severity, Verdict


def finite(value: float) -> float | None:
    """A figure as evidence holds it: None where it is unknown (NaN) or without bound."""
    return value if math.isfinite(value) else None


class Condition(StrEnum):
    """Where the window stands between a rule's two levels."""

    OVER = "over"
    BETWEEN = "between"
    UNDER = "under"
    UNKNOWN = "unknown"


# What a look makes for every rule is not frozen, which would take twice the time. Nobody changes one.
@dataclass(slots=True)
class Evidence:
    """One figure that the rule looked at, in the store's units.

    `limit` is the figure it is compared with, `relation` how ("at least", "below"); `holds` says
    whether the comparison speaks for the rule. `subject` names the process or host, if one. `yours` is True for
    a limit that somebody set for this service.
    """

    signal: str
    label: str
    value: float | None
    unit: str
    limit: float | None = None
    relation: str = ""
    holds: bool | None = None
    subject: str = ""
    yours: bool = False


def at_least(signal: str, label: str, value: float, unit: str, limit: float, subject: str = "") -> Evidence:
    """A figure beside the least that counts; one that is not known speaks neither for it nor against it."""
    holds = None if math.isnan(value) else value >= limit
    return Evidence(signal, label, finite(value), unit, limit, "at least", holds, subject)


def below(signal: str, label: str, value: float, unit: str, limit: float, subject: str = "") -> Evidence:
    """A figure beside the level that it must stay below to count; one that is not known says nothing."""
    holds = None if math.isnan(value) else value < limit
    return Evidence(signal, label, finite(value), unit, limit, "below", holds, subject)


@dataclass(slots=True)
class Reading:
    """A rule's answer for one window, before hold times.

    Attributes:
        condition: over its fire level, under its clear level, between, or unknown.
        claim: one sentence with its decisive numbers, the same on pages and in mails.
        evidence: every figure used, also those that speak against.
        severity: how soon somebody should act, if it holds.
        confidence: 0 to 1.
        missing: the signals without which the rule cannot say (only with UNKNOWN), in words.
        apart_from: rules that explain such figures in general, and by these figures cannot explain them here.
        follows: rules whose trouble, where they find it as well, is what by these figures brought this one about,
            whichever comes first in the order of diagnosis.
        first: the strategy that suits this kind of the trouble best, before the others that the rule lists.
        hold: (scaled) seconds for which it must hold where that is less than the rule asks for.
        processes: the processes that it is about (ids of instances), and that ways out are sized for; empty for all.
    """

    condition: Condition
    claim: str = ""
    evidence: tuple[Evidence, ...] = ()
    severity: Severity = Severity.INFO
    confidence: float = 0.0
    missing: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    first: str = ""
    hold: float = math.inf
    processes: tuple[int, ...] = ()


def all_hold(evidence: tuple[Evidence, ...]) -> bool:
    """True if there is evidence, and every piece of it is known and speaks for the finding."""
    return bool(evidence) and all(e.holds for e in evidence)


def leading(reading: Reading) -> Evidence | None:
    """The figure that decides a reading: the first that speaks for it if it is over, else the first against it."""
    first, decides = None, reading.condition is Condition.OVER
    for item in reading.evidence:
        if item.limit is not None and item.value is not None:
            if item.holds is decides:
                return item
            first = first or item
    return first


def in_words(item: Evidence) -> str:
    """A figure with its limit: "Event loop busy: 89% (limit: at least 80%)"."""
    limit = f" (limit: {item.relation} {figure(item.limit, item.unit)})" if item.limit is not None else ""
    return f"{item.label}: {figure(item.value, item.unit)}{limit}"


@dataclass(slots=True)
class RuleState:
    """What must be remembered of a rule between two looks; Unix seconds of sample time.

    `since` is when the present verdict began, `over_since` / `under_since` when the condition was
    first seen over / under without a break (while pending: not over). Missing data stops both clocks
    and clears nothing. `seen` is when it was last looked at.
    """

    verdict: Verdict = Verdict.UNKNOWN
    since: float | None = None
    over_since: float | None = None
    under_since: float | None = None
    seen: float | None = None


@dataclass(slots=True)
class Ruling:
    """A rule's verdict now.

    Attributes:
        until: when a pending verdict will fire if nothing changes.
        held_back_by: the rule whose trouble explains this one, or speaks against advice on it; empty if none.
            The verdict stays what it is, but nothing is advised.
        note: why it is held back, or what it waits for, in one sentence.
    """

    rule: str
    title: str
    verdict: Verdict
    since: float | None
    until: float | None
    reading: Reading
    state: RuleState
    held_back_by: str = ""
    note: str = ""
