"""How a process is kept from the processor: by its own control group's quota, or by others on the machine."""

from __future__ import annotations

import math

from advisor.features import stats
from advisor.features.memo import remembered
from advisor.features.process import Process


@remembered
def throttled(process: Process, seconds: float) -> float:
    """Share of quota periods in which the control group of the process was held back; 0 without a quota."""
    span = process.span(seconds)
    periods = stats.total(process.track, "cgroup_periods", span)
    return stats.total(process.track, "cgroup_throttled", span) / periods if periods > 0 else 0.0


@remembered
def held_back(process: Process, seconds: float) -> float:
    """Seconds per second for which threads of its control group were held back; NaN where not told."""
    return stats.rate(process.track, "cgroup_throttled_time", process.span(seconds))


@remembered
def allowed(process: Process, seconds: float) -> float:
    """Cores that its control groups allow it; NaN without a quota."""
    limit = stats.latest(process.track, "cgroup_cpu_limit", process.span(seconds))
    return limit if limit > 0 else math.nan


@remembered
def waited(process: Process, seconds: float) -> float:
    """Share of time that its main thread was ready to run and had no processor; NaN where not told.

    The kernel counts it (schedstat). Time that a quota holds back or a hypervisor takes is not in it.
    """
    return stats.rate(process.track, "cpu_wait", process.span(seconds))
