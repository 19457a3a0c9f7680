"""How a process is kept from the processor: by its own control group's quota, or by others on the machine."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from advisor.features import stats
from advisor.features.memo import remembered
from advisor.features.process import Process


@remembered
def throttled(process: Process, seconds: float) -> float:
    """Share of quota periods in which the control group of the process was held back; 0 without a quota."""
    found = process.sums(seconds)
    periods = found.total("cgroup_periods")
    return found.total("cgroup_throttled") / periods if periods > 0 else 0.0


def held_back(process: Process, seconds: float) -> float:
    """Seconds per second for which threads of its control group were held back; NaN where not told."""
    return process.sums(seconds).rate("cgroup_throttled_time")


@remembered
def allowed(process: Process, seconds: float) -> float:
    """Cores that its control groups allow it; NaN without a quota."""
    limit = stats.latest(process.track, "cgroup_cpu_limit", process.span(seconds))
    return limit if limit > 0 else math.nan


def waited(process: Process, seconds: float) -> float:
    """Share of time that its main thread was ready to run and had no processor; NaN where not told.

    The kernel counts it (schedstat). Time that a quota holds back or a hypervisor takes is not in it.
    """
    return process.sums(seconds).rate("cpu_wait")


def delayed(process: Process, seconds: float) -> float:
    """Share of the time in which its main thread wants to run that it waits for a processor; NaN where not told.

    A third of it makes all work of the loop take half as long again, however little of it there is.
    """
    waits = waited(process, seconds)
    wanted = waits + process.cpu_main(seconds)
    return waits / wanted if wanted > 0 else math.nan


def felt(
    processes: Sequence[Process], figure: Callable[[Process, float], float], seconds: float, longer: float
) -> float:
    """The mean of a figure over the one time or the other, whichever is more: one calm minute is no relief."""
    return stats.highest([stats.mean([figure(process, span) for process in processes]) for span in (seconds, longer)])
