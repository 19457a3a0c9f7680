"""How much more than now a service needs in its busiest hours: the factor that sizes are multiplied by."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.prediction import GROWTH, NOW
from advisor.diagnosis.rule import Recall
from advisor.diagnosis.words import number
from advisor.features import Snapshot
from advisor.features.demand import HOUR, WEEK, demand

PAST: Final = "peak"
"""Where the longer past stands among those that were recalled; no rule is called so."""

RECALL: Final = Recall(
    seconds=WEEK,
    step=HOUR,
    pace=HOUR,
    process=("requests", "loop_active", "loop_utilization", "cpu_main", "cpu_user", "cpu_system"),
)
"""The week by the hour (P1), and with it the requests, which tell how a day swings."""

SAID: Final = 1.2
"""From this factor it is said: below, it hardly changes a number of copies."""


def growth(snapshot: Snapshot) -> float:
    """The factor g of P1: the work of the busiest hours of the last week over that of now, at least `GROWTH`.

    The past is there in rounds in which a finding stands that is sized by it; without, it is `GROWTH`.
    """
    past = snapshot.recalled(PAST)
    now = snapshot.work(NOW)
    if past is None or not now > 0:
        return GROWTH
    busiest = demand(past).work
    return max(GROWTH, busiest / now) if busiest > 0 else GROWTH


def sized_for(snapshot: Snapshot) -> str:
    """The sentence that says so, with a space before it; empty where the work of now decides."""
    factor = growth(snapshot)
    if factor < SAID:
        return ""
    return f" Sized for the busiest hours of the last 7 days, which took {number(factor)} times the work of now."
