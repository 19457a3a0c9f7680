"""What simple rules say of the same samples: an HPA's CPU target, and ELU alone."""

from __future__ import annotations

import math
from typing import Any

from tests.lab import figures

CPU_TARGET = 0.70
TOLERANCE = 0.1
"""An HPA does nothing within 10 % of its target (Kubernetes' default)."""

ELU_LIMIT = 0.8
MINUTE = 60.0

SAYS = {"hpa": ("event-loop-saturated", "autoscale"), "elu": ("event-loop-saturated", "cluster")}
"""All that they can say: add copies. An HPA knows no other cause than load."""


def of(service: str, start: float, end: float, scale: float, stretched: float = 1.0) -> dict[str, Any]:
    """Each peer's first alarm as model seconds from `start`; None if it had none. They look at each recorded sample."""
    alarms: dict[str, float | None] = dict.fromkeys(SAYS)
    for moment, snapshot in figures.snapshots(service, start, end, scale, figures.LOOK * stretched):
        count = len(snapshot.processes)
        cpu = snapshot.cpu(MINUTE) / count if count else math.nan  # requests of one core a process
        fired = {"hpa": cpu > CPU_TARGET * (1 + TOLERANCE), "elu": snapshot.loop(MINUTE) > ELU_LIMIT}
        for peer, is_over in fired.items():
            if is_over and alarms[peer] is None:
                alarms[peer] = (moment - start) * scale
    return alarms
