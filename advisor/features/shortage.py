"""How a process is kept from the processor: by its own control group's quota, or by others on the machine."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

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


def delayed(processes: Sequence[Process], seconds: float) -> float:
    """Share of the time in which their main threads want to run that they wait for a processor; NaN where not told.

    A third of it makes all work of the loops take half as long again, however little of it there is.
    """
    both = [(waited(process, seconds), process.cpu_main(seconds)) for process in processes]
    told = [(wait, wait + main) for wait, main in both if wait + main >= 0]
    wanted = sum(want for _, want in told)
    return sum(wait for wait, _ in told) / wanted if wanted > 0 else math.nan


def in_the_way(
    processes: Sequence[Process], spans: Iterable[float], least_delayed: float, least_waits: float
) -> tuple[float, float]:
    """`delayed`, and how near it and the waits come to both of these levels, which is 1; in the span where it is most.

    In one span, since waits of one and a share of another prove nothing. NaN where not told.
    """
    waits = [(delayed(processes, span), stats.mean([waited(one, span) for one in processes])) for span in spans]
    near = [(share, min(share / least_delayed, wait / least_waits)) for share, wait in waits if share >= 0]
    return max(near, key=lambda one: one[1], default=(math.nan, math.nan))


def felt(
    processes: Sequence[Process], figure: Callable[[Process, float], float], seconds: float, longer: float
) -> float:
    """The mean of a figure over the one time or the other, whichever is more: one calm minute is no relief."""
    return stats.highest([stats.mean([figure(process, span) for process in processes]) for span in (seconds, longer)])
