"""Which of several findings is the cause, and which follow from it: the order of diagnosis (decision model 1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from advisor.diagnosis import Condition, Option, Reading, Rejection, Rule, RuleState, Ruling
from advisor.diagnosis.beside import forbidden_beside, repaired_beside
from advisor.diagnosis.confidence import CLOSE, SILENT, contested
from advisor.diagnosis.words import lowered, moment
from advisor.engine.registry import RULES
from advisor.vocabulary import Verdict

STANDING: Final = (Verdict.PENDING, Verdict.FIRING)
"""The verdicts that something is wrong."""

VITAL: Final = frozenset(("event-loop-saturated", "host-cpu-saturated", "memory-pressure"))
"""Without an answer of these nobody knows how a service is: its loops, its processors, its memory."""

SPARE: Final = "overprovisioned"
"""The one finding that is no trouble: it waits until there is none."""

OVERRULES: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "crash-loop": (
        "the figures of processes that keep ending are those of their starts",
        frozenset(
            ("host-cpu-saturated", "memory-pressure", "memory-leak", "gc-pressure", "event-loop-blocked",
             "event-loop-saturated", "thread-pool-saturated", "downstream-bound")
        ),
    ),
    "uneven-load": (
        "means over all processes say little while one carries more than the others",
        frozenset(("gc-pressure", "event-loop-saturated", "downstream-bound", "websocket-capacity", SPARE)),
    ),
    "datastore-read-bound": (
        "what the datastore reads is what keeps the processors busy",
        frozenset(("host-cpu-saturated",)),
    ),
}  # fmt: skip
"""Rule -> why and which others mean nothing while it holds: classes C1 to C7 in a crash loop (C15), and what is
read from the means of the fleet under uneven load (C11). A datastore counts as bound by reads only where its own
programs have most of its machine's busy processors. A rule from which the other one follows by its own figures is
not overruled by it, nor is one from which it is apart by its own figures, nor one that the processes show as well
which the other leaves alone (C15: "for that instance")."""


def weighed(rule: Rule, readings: Mapping[str, Reading], before: Mapping[str, Reading]) -> Reading:
    """A rule's reading beside the others that explain the same figures; what is not sure enough keeps to itself.

    A cause that is over takes nothing away here: it holds the rule back in the open (`held_back`).

    Args:
        rule: whose reading it is.
        readings: what every rule says alone.
        before: what is left of those that come earlier in the order of diagnosis.
    """
    reading = readings[rule.id]
    if reading.condition is not Condition.OVER:
        return reading
    lowering = [
        rival.confidence
        for name in set(rule.explained_by).difference(reading.apart_from)
        if (rival := before.get(name) or readings.get(name)) and _lowers(reading, rival, name in before)
    ]
    sure = contested(reading.confidence, max(lowering, default=0.0))
    return replace(reading, confidence=sure, condition=Condition.OVER if sure >= SILENT else Condition.BETWEEN)


def _lowers(own: Reading, rival: Reading, is_earlier: bool) -> bool:
    if not is_over(rival):
        return True  # also what is not over yet explains a part (1.2)
    return not is_earlier and rival.confidence - own.confidence > CLOSE


def is_over(reading: Reading) -> bool:
    """True for a reading over its level that is sure enough to be said."""
    return reading.condition is Condition.OVER and reading.confidence >= SILENT


def held_back(rulings: Iterable[Ruling], said: Mapping[str, Verdict | None]) -> tuple[Ruling, ...]:
    """The rulings, each that follows from another marked with its cause and a sentence why.

    Args:
        rulings: of the rules that were looked at, causes first.
        said: what every rule says (`verdicts`), those included that were not looked at this time.
    """
    found = {ruling.rule: ruling for ruling in rulings}
    return tuple(_marked(ruling, said, found) for ruling in found.values())


def verdicts(rulings: Iterable[Ruling], states: Mapping[str, RuleState]) -> dict[str, Verdict | None]:
    """What every rule says, now or when it was last looked at, causes first; None for one that was never due."""
    now = {ruling.rule: ruling.verdict for ruling in rulings}
    return {name: now.get(name) or (states[name].verdict if name in states else None) for name in RULES}


def _marked(ruling: Ruling, said: Mapping[str, Verdict | None], found: Mapping[str, Ruling]) -> Ruling:
    if ruling.verdict not in STANDING:
        return ruling
    cause, why = _cause(ruling.rule, said, found)
    if not cause:
        return ruling
    return replace(ruling, held_back_by=cause, note=f"{why}{_claim(found.get(cause))}")


def _cause(rule: str, said: Mapping[str, Verdict | None], found: Mapping[str, Ruling]) -> tuple[str, str]:
    """What holds a rule that stands back, and why in one sentence; both empty if nothing does."""
    reasons = ((name, _why(rule, name, verdict, found)) for name, verdict in said.items() if name != rule)
    return next(((name, why) for name, why in reasons if why), ("", ""))


def causes(rulings: Iterable[Ruling], said: Mapping[str, Verdict | None]) -> dict[str, str]:
    """Rule that fires, now or when it was last looked at -> what holds it back, empty where nothing does; in order."""
    found = {ruling.rule: ruling for ruling in rulings}
    return {
        name: found[name].held_back_by if name in found else _cause(name, said, found)[0]
        for name, verdict in said.items()
        if verdict is Verdict.FIRING
    }


def firing(
    rulings: Iterable[Ruling], states: Mapping[str, RuleState], held: Mapping[str, str]
) -> dict[str, float | None]:
    """The rules that fire and are held back by none (`causes`), causes first, each with when it began (Unix seconds).

    One that cannot say any more is left out, unless it looks at a longer past or waits for figures to settle: what
    that one said last stands.
    """
    found = {ruling.rule: ruling for ruling in rulings}
    return {
        name: found[name].since if name in found else states[name].since
        for name, cause in held.items()
        if not cause
        and (RULES[name].recall or found[name].note or found[name].reading.condition is not Condition.UNKNOWN)
    }


def waiting(held: Mapping[str, str]) -> dict[str, list[str]]:
    """Cause -> the rules that it holds back (`causes`), also by way of another; that fewer would do is no such rule."""
    found: dict[str, list[str]] = {}
    for name, cause in held.items():
        while held.get(cause):
            cause = held[cause]
        if cause and name != SPARE:
            found.setdefault(cause, []).append(name)
    return found


def beside(answer: Option | Rejection, ruling: Ruling, fires: Mapping[str, float | None]) -> str:
    """Why a way out for one rule is none beside the others that fire, if not for its own reason; empty otherwise."""
    return forbidden(answer, ruling, fires) if isinstance(answer, Option) else repaired(answer, ruling, fires)


def forbidden(option: Option, ruling: Ruling, fires: Mapping[str, float | None]) -> str:
    """Why an option for one rule is none beside the others that fire, in one sentence; empty where it may be."""
    for name, since in fires.items():
        reason = forbidden_beside(name, ruling, option) if name != ruling.rule else ""
        if reason:
            return f"Not while this stands{_when(since)}: {lowered(RULES[name].title)}; {lowered(reason)}."
    return ""


def repaired(no: Rejection, ruling: Ruling, fires: Mapping[str, float | None]) -> str:
    """Where else a strategy is advised that one rule's own figures do not ask for, in a sentence; empty if nowhere."""
    for name, since in fires.items():
        if name != ruling.rule and repaired_beside(name, ruling, no.id):
            return (
                f"Advised where it was proven{_when(since)}: {lowered(RULES[name].title)}. It is the way out of both."
            )
    return ""


def _when(since: float | None) -> str:
    return "" if since is None else f", since {moment(since)}"


def _claim(cause: Ruling | None) -> str:
    """What the cause says, without the service's name, as a sentence of its own."""
    said = "" if cause is None or cause.verdict not in STANDING else cause.reading.claim.partition(": ")[2]
    return f" {said[:1].upper()}{said[1:]}." if said else ""


def _why(rule: str, other: str, verdict: Verdict | None, found: Mapping[str, Ruling]) -> str:
    """Why nothing is advised on a rule because of what another says, in one sentence; empty if it may be."""
    title = lowered(RULES[other].title)
    if verdict not in STANDING:
        blind = rule == SPARE and other in VITAL and verdict in (Verdict.UNKNOWN, None)
        return f"No advice to shrink while nobody can say whether this holds: {title}." if blind else ""
    if rule == SPARE:
        return f"No advice to shrink while another finding stands: {title}."
    own, others = _reading(rule, found), _reading(other, found)
    if other in own.follows:
        return f"Held back: by its own figures it follows from another finding, {title}."
    reason, overruled = OVERRULES.get(other, ("", frozenset()))
    if rule in overruled and rule not in (*others.follows, *others.apart_from) and other not in own.apart_from:
        return f"Held back while this stands: {title}; {reason}."
    if other in RULES[rule].explained_by and other not in own.apart_from and _comes_before(other, rule):
        return f"Held back: it follows from another finding that comes first, {title}."
    return ""


def _reading(rule: str, found: Mapping[str, Ruling]) -> Reading:
    """What a rule says this time; nothing of one that was not looked at."""
    return found[rule].reading if rule in found else Reading(Condition.UNKNOWN)


def _comes_before(cause: str, rule: str) -> bool:
    order = list(RULES)
    return order.index(cause) < order.index(rule)


def close_explanations(ruling: Ruling, rulings: Iterable[Ruling]) -> tuple[Ruling, ...]:
    """Others that are over and explain the same figures nearly as surely, causes first."""
    return tuple(
        other
        for other in rulings
        if other.rule != ruling.rule
        and is_over(other.reading)
        and other.rule not in ruling.reading.apart_from
        and ruling.rule not in other.reading.apart_from
        and (other.rule in RULES[ruling.rule].explained_by or ruling.rule in RULES[other.rule].explained_by)
        and abs(other.reading.confidence - ruling.reading.confidence) <= CLOSE
    )
