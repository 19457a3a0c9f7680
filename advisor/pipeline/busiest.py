"""The work of a service's busiest hours, which sizes go by: wanted while a finding stands, and read once an hour."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from django.conf import settings

from advisor.diagnosis import RuleState
from advisor.engine.order import STANDING
from advisor.store import samples

WEEK: Final = 7 * 86_400.0
HOUR: Final = 3_600.0

_kept: dict[int, tuple[float, float]] = {}
"""Service -> when it was read, and what; in the process that judges, and only while a finding stands."""


def of(service_id: int, states: Mapping[str, RuleState], end: float) -> float:
    """In erlangs, over the (scaled) week before `end`; NaN while nothing is wrong."""
    if not any(state.verdict in STANDING for state in states.values()):
        _kept.pop(service_id, None)
        return math.nan
    read, found = _kept.get(service_id, (-math.inf, math.nan))
    if not end - HOUR / settings.TIME_SCALE < read <= end:
        found = samples.busiest(service_id, end - WEEK / settings.TIME_SCALE, end, HOUR / settings.TIME_SCALE)
        _kept[service_id] = end, found
    return found


def forget() -> None:
    """Keep nothing, as in a process that has just started."""
    _kept.clear()
