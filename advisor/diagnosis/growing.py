"""What rules say of a level that grows towards its limit at equal load, and what proves it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypedDict

from advisor.diagnosis.entry import Limit
from advisor.diagnosis.finding import Condition, Evidence, Reading, Ruling, at_least, finite
from advisor.diagnosis.killed import ROSE
from advisor.diagnosis.rule import Rule
from advisor.diagnosis.words import number, size
from advisor.features.growth import SLOWING, Growth


class Proof(TypedDict):
    """The limits that every rule of growth has."""

    pairs: Limit
    rising: Limit
    settling: Limit


PROOF: Final[Proof] = {
    "pairs": Limit(200, "{pair}", "fewer comparisons say little: the decision model asks for as many (C5)"),
    "rising": Limit(0.85, "1", "healthy days stay far below: measured 0 alarms in 240 service-days (C5)"),
    "settling": Limit(1.5, "1", "a cache that fills is given half as much again as its own bend promises"),
}
"""Limits that every rule about growth shares; each adds `grown`, `least` and `horizon` of its own.

One that also speaks where the end is beyond its horizon adds `times` and `far`: how far a level must have grown.
"""

HOUR: Final = 3600.0

_LEAKS: Final = ("memory-leak", "descriptor-leak")
_OF_MEMORY: Final = ("memory-leak", "memory-pressure")
_OF_DESCRIPTORS: Final = ("descriptor-leak", "descriptor-exhaustion")


@dataclass(frozen=True, slots=True)
class Growing:
    """One level of one process.

    Attributes:
        instance: id of the process.
        subject: what people call it.
        what: the level in words, such as "heap".
        unit: of the level.
        growth: what it did at equal load.
        limit: where it ends, in that unit.
        estimated: whether a rougher figure stands in for the one that was wanted.
        ahead: seconds of the clock that its growth says something about.
        fewer: comparisons that are enough, where these are fewer than usual.
    """

    instance: int
    subject: str
    what: str
    unit: str
    growth: Growth
    limit: float
    estimated: bool = False
    ahead: float = math.inf
    fewer: float = math.inf

    @property
    def time_left(self) -> float:
        """Seconds of the clock until the limit; NaN where one of the two is not known."""
        return self.growth.time_to(self.limit)

    @property
    def room(self) -> float:
        """What is left to the limit; nothing beyond it, as young objects may take a heap over that of lasting ones."""
        left = self.limit - self.growth.level
        return 0.0 if left < 0 else left


def evidence_of(rule: Rule, found: Growing, time_scale: float) -> tuple[Evidence, ...]:
    """What was compared, whether it says that this level grows without end, and what is told of that end."""
    growth, left = found.growth, min(found.ahead, rule.horizon / time_scale)
    least = max(rule.grown * growth.level, rule.least)
    bend = growth.late / growth.early if growth.early > 0 else math.nan
    settles = rule.settling * found.room
    figures = (
        ("growth_pairs", "Moments of equal load compared", growth.pairs, "{pair}", min(found.fewer, rule.pairs)),
        ("growth_rising", "Of them higher later", growth.rising, "1", rule.rising),
        ("growth", f"Growth of the {found.what} at equal load", growth.gained, found.unit, least),
        ("growth_to_come", "Growth to come if it slows down as it did", growth.rest, found.unit, settles),
    )
    compared = [
        Evidence(signal, label, finite(value), unit, finite(limit), "at least", not value < limit, found.subject)
        for signal, label, value, unit, limit in figures
    ]
    compared.append(Evidence("slope", f"Growth of the {found.what} in an hour", finite(growth.slope * HOUR), found.unit,
                             subject=found.subject))  # fmt: skip
    compared.append(Evidence("growth_late", "Late growth, of early growth", finite(bend), "1", SLOWING, "at least",
                             growth.is_steady, found.subject))  # fmt: skip
    time = found.time_left
    compared.append(Evidence("time_to_limit", f"Until the {found.what} reaches its limit", finite(time), "s", left,
                             "below", time < left, found.subject))  # fmt: skip
    return (*compared, *_far(rule, found, time_scale))


def _far(rule: Rule, found: Growing, time_scale: float) -> tuple[Evidence, ...]:
    """Where the end is known and beyond the horizon, whether it grew far enough to be told of; else nothing.

    Growth of the first hours (`ahead`) says nothing of an end so far away.
    """
    beyond = math.isfinite(found.time_left) and found.time_left >= rule.horizon / time_scale
    if "far" not in rule.limits or not beyond or math.isfinite(found.ahead):
        return ()
    wanted = max((rule.times - 1) * found.growth.began, rule.far)
    label = f"Growth of the {found.what} that counts however far its end is"
    return (at_least("far", label, found.growth.gained, found.unit, wanted, found.subject),)


def too_short(rule: Rule, candidates: Iterable[Growing]) -> Reading:
    """The reading where no process was compared with itself often enough."""
    most = max((found.growth.pairs for found in candidates), default=0)
    told = f"More hours at equal load: {most} of {number(rule.pairs)} comparisons of one process are there"
    return Reading(Condition.UNKNOWN, missing=(told,))


def is_proven(evidence: Iterable[Evidence]) -> bool:
    """True if this evidence shows that a level grows without end, however long it still takes."""
    proofs = [e.holds for e in evidence if e.signal.startswith("growth")]
    return bool(proofs) and all(proofs)


def leaking(ruling: Ruling) -> str:
    """What leaks, as the beginning of a sentence; empty where nothing is known to.

    The class is a leak, or what runs out grows without end at equal load, or rose until a process was killed: then
    more room and more copies only put the end off (decision model 1.5, C4, C5, C8, C9).
    """
    evidence = ruling.reading.evidence
    if rose := next((e.value for e in evidence if e.signal == ROSE and e.holds), None):
        return f"Memory rose by {size(rose)} at an even load until a process was killed"
    if ruling.rule not in _LEAKS and not is_proven(evidence):
        return ""
    gained = next((e.value for e in evidence if e.signal == "growth" and e.value is not None), 0.0)
    if ruling.rule in _OF_DESCRIPTORS:
        return f"{number(gained)} more descriptors are open at equal load and nobody closes them"
    return f"Memory grew by {size(gained)} at equal load" if ruling.rule in _OF_MEMORY else ""


def condition_of(rule: Rule, worst: Growing, evidence: tuple[Evidence, ...]) -> Condition:
    """Where a level stands: over if it grows without end and that is near, or it grew far.

    It is under the lower one only if few moments are higher later, or it grew by very little.
    """
    if is_proven(evidence) and any(e.holds for e in evidence if e.signal in ("time_to_limit", "far")):
        return Condition.OVER
    calm = not is_proven(evidence) and (worst.growth.rising < rule.relaxed or worst.growth.gained < rule.least / 2)
    return Condition.UNDER if calm else Condition.BETWEEN


def soonest(rule: Rule, candidates: Iterable[Growing], time_scale: float) -> Growing | None:
    """The one that reaches its limit first of those that grow without end; else the one that comes nearest to it."""

    def order(found: Growing) -> tuple[bool, int, float]:
        evidence = evidence_of(rule, found, time_scale)
        time = found.time_left
        held = sum(bool(e.holds) for e in evidence)
        return is_proven(evidence), held, -math.inf if math.isnan(time) else -time

    return max(candidates, key=order, default=None)
