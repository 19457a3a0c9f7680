"""How the load of a service varies over a day, where a longer past was loaded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from advisor.features import stats
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span

HOUR: Final = 3_600.0
DAY: Final = 86_400.0

ENOUGH: Final = 20
"""Hours of a day that must have figures: with fewer, the quiet or the busy part may be what is missing."""

_LOAD: Final = ("requests", "loop_active")
"""What stands for load, the better first; increases."""


@dataclass(frozen=True, slots=True)
class Day:
    """The last (scaled) day by hours, as multiples of the last hour: 1 is as now."""

    quietest: float
    busiest: float

    @property
    def swing(self) -> float:
        """How many times the quietest hour fits into the busiest."""
        return self.busiest / self.quietest if self.quietest > 0 else math.inf


def day_of(snapshot: Snapshot) -> Day | None:
    """The last day, of whatever past was loaded for a rule; None where none reaches that far."""
    pasts = [snapshot.recalled(rule) for rule in snapshot.window.recalled]
    days = (_day(past, column) for column in _LOAD for past in pasts if past is not None)
    return next((day for day in days if day is not None), None)


def _day(past: Snapshot, column: str) -> Day | None:
    scale = past.time_scale
    hours = [_load(past, column, hour) for hour in Span(past.now - DAY / scale, past.now).split(HOUR / scale)]
    known = [load for load in hours if not math.isnan(load)]
    if len(known) < ENOUGH or not hours[-1] > 0:
        return None
    return Day(min(known) / hours[-1], max(known) / hours[-1])


def _load(past: Snapshot, column: str, hour: Span) -> float:
    """What all its processes did in an hour, also those that ended since; a rate a second."""
    return stats.known_sum([stats.total(i.track, column, hour) for i in past.window.instances]) / hour.length
