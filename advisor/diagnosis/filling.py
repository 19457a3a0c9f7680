"""A level that grew at equal load and slows down, as a cache inside a process does that fills."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from advisor.diagnosis.finding import Evidence
from advisor.diagnosis.growing import is_proven
from advisor.diagnosis.words import size

_GREW = ("growth_pairs", "growth_rising", "growth")


@dataclass(frozen=True, slots=True)
class Filled:
    """What people call the process, and the bytes that came."""

    subject: str
    gained: float


def filled(evidence: Iterable[Evidence]) -> Filled | str:
    """What the evidence of a rule about growing memory shows; else why it shows no such thing, with a number."""
    told = {e.signal: e for e in evidence}
    grew = told.get("growth")
    if grew is None or grew.value is None:
        return "0 levels are known to grow and to slow down, as a cache does that fills."
    if is_proven(told.values()):
        return f"{size(grew.value)} came at equal load and do not slow down: a leak, not a cache that fills."
    if not all(name in told and told[name].holds for name in _GREW):
        return f"Growth of {size(grew.value)} at equal load is not proven, so no cache is known to fill."
    return Filled(grew.subject, grew.value)
