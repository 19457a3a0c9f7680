"""How much longer a loop is busy with the same work because other threads want the processors as well."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import numpy as np

_ROUNDS: Final = 8
"""Steps to the fixed point: each divides what is left by three or more."""

_EVEN: Final = 1.3
"""Loops of which the hottest is less than so many times as busy as the mean (where `uneven-load` fires) get their
requests in turn."""

_AWAY: Final = 5.0
"""Standard deviations by which use must stay below the processors of a machine that makes nobody wait."""


def stretch(cores: float, others: float) -> float:
    """How many times as long work takes on this many processors, of which others keep `others` at work on the mean.

    Threads share processors evenly (as Linux does), and the number k of others that want one at a moment is taken to
    be Poisson distributed: E[max(1, (k + 1) / cores)]. 1.19 on two cores of which others use 1.03, where a lab measured
    1.17; 1.00 on sixteen that are half used. 1 where a figure is not known.
    """
    if not (cores > 0 and others > 0):
        return 1.0
    return (others + 1 + sum(_idle(cores, others)[:1])) / cores


def _idle(cores: float, others: float) -> list[float]:
    """The processors that are idle on the mean beside one thread of one's own, two threads, and so on while there are.

    E[max(0, cores - k - threads)]: what cores x E[max(1, (k + threads) / cores)] is more than the mean of k + threads.
    """
    whole = math.ceil(cores)
    upto = list(accumulate(_chances(others, whole - 1)))
    return [idle - (whole - cores) * chance for idle, chance in zip(accumulate(upto), upto, strict=True)][::-1]


def _chances(others: float, below: int) -> list[float]:
    """How probable it is that so many of the others want a processor at a moment: 0, 1, and on while below a number."""
    if not others > 0:
        return [1.0] + [0.0] * (below - 1) if below > 0 else []
    logarithm = math.log(others)
    return [math.exp(k * logarithm - others - math.lgamma(k + 1)) for k in range(below)]


def in_turn(copies: int, cores: float, work: float, others: float) -> float:
    """How busy each of these copies is whose requests go to one after the other; 1 or more if they cannot carry it.

    Requests that come close together then meet in different copies, which want processors at the same moment: more
    often than copies that have nothing to do with each other, which is what `stretch` supposes. So the requests in
    all copies are counted, as a birth-death process in which n of them keep min(n, copies) loops busy. In a lab two
    and three copies on two cores were 0.47 and 0.38 busy with the work of 0.9 cores: this says 0.47 and 0.36, and
    `stretch` 0.48 and 0.33; beside other programs that used 0.4 cores more 0.56 and 0.44: 0.53 and 0.40, and 0.52 and
    0.36.

    Args:
        copies: loops that take requests.
        cores: processors of the machine.
        work: of these that the copies together would use alone.
        others: of these that other programs use.
    """
    if work <= 0:
        return 0.0
    busy = np.arange(1.0, copies + 1)
    wanting = busy + max(0.0, others)
    idle = _idle(cores, others)[:copies]
    wanting[: len(idle)] += idle
    served = busy * cores / wanting
    steps = np.log(work / served).cumsum()
    beyond = work / served[-1]
    if beyond >= 1:
        return float(beyond)
    # Those beyond one for each copy wait in the loops: a geometric series.
    top = max(0.0, float(steps.max()))
    weights = np.exp(steps - top)
    waiting = weights[-1] * beyond / (1 - beyond)
    whole = math.exp(-top) + weights.sum() + waiting
    return float((weights @ busy + waiting * copies) / whole / copies)


def evened(loops: Sequence[float], copies: int, cores: float, used: float, machines: int = 1) -> float:
    """How busy each of these copies is if they share the work of these loops evenly, on the same processors.

    Args:
        loops: how busy each loop is now, 0 to 1.
        copies: loops afterwards.
        cores: processors of each machine; NaN where not known.
        used: of them at work now, all programs together.
        machines: that the loops are spread over, now and then.
    """
    if not (cores > 0 and used > 0) or used + _AWAY * math.sqrt(used) < cores:
        return sum(loops) / copies
    busy = sum(_works(loops, cores, used, machines)) / machines
    # What is busy beyond the use of processors waits on the loop for something else, and does so afterwards.
    here = min(busy, used)
    there, share = max(1, round(copies / machines)), machines / copies
    return in_turn(there, cores, here * share * there, used - here) + (busy - here) * share


def _works(loops: Sequence[float], cores: float, used: float, machines: int) -> list[float]:
    """Cores that each loop computes on, which is so busy beside the others."""
    mean = sum(loops) / len(loops)
    if len(loops) <= machines or max(loops) >= _EVEN * mean:
        return [_alone(loop, cores, used) for loop in loops]
    return [_together(mean, round(len(loops) / machines), cores, used)] * len(loops)


def _alone(loop: float, cores: float, used: float) -> float:
    """Of a loop whose requests have nothing to do with those of others: a fixed point, since others are the rest."""
    found = loop
    for _ in range(_ROUNDS):
        found = loop / stretch(cores, used - found)
    return found


def _together(loop: float, copies: int, cores: float, used: float) -> float:
    """Of each of so many loops that get their requests in turn: the same."""
    found = loop
    for _ in range(_ROUNDS):
        found *= loop / in_turn(copies, cores, found * copies, max(0.0, used - found * copies))
    return found
