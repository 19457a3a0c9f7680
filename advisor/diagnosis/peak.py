"""How much more than now a service needs in its busiest hours: the factor that sizes are multiplied by."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.prediction import GROWTH, NOW
from advisor.diagnosis.words import number
from advisor.features import Snapshot

SAID: Final = 1.2
"""From this factor it is said: below, it hardly changes a number of copies."""


def growth(snapshot: Snapshot) -> float:
    """The factor g of P1: the work of the busiest hours of the last week over that of now, at least `GROWTH`.

    `GROWTH` where those hours are not known: they are loaded once a finding stands.
    """
    busiest, now = snapshot.window.busiest, snapshot.work(NOW)
    return max(GROWTH, busiest / now) if busiest > 0 and now > 0 else GROWTH


def told(snapshot: Snapshot) -> str:
    """The sentence that tells the factor, with a space before it; empty where it is small."""
    factor = growth(snapshot)
    return (
        f" The busiest hours of the last 7 days took {number(factor)} times the work of now." if factor >= SAID else ""
    )
