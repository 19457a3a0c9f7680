"""How much longer a loop is busy with the same work because other threads want the processors as well."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

_NEGLIGIBLE: Final = 1e-6
"""Probability below which a number of other threads is left out."""

_ROUNDS: Final = 8
"""Steps to the fixed point: each divides what is left by three or more."""


def stretch(cores: float, others: float) -> float:
    """How many times as long work takes on this many processors, of which others keep `others` at work on the mean.

    Threads share processors evenly (as Linux does), and the number k of others that want one at a moment is taken to
    be Poisson distributed: E[max(1, (k + 1) / cores)]. 1.19 on two cores of which others use 1.03, where a lab measured
    1.17; 1.00 on sixteen that are half used. 1 where a figure is not known.
    """
    if not (cores > 0 and others > 0):
        return 1.0
    chance = math.exp(-others)
    seen = found = 0.0
    k = 0
    while seen < 1 - _NEGLIGIBLE and k < others + 10 * math.sqrt(others) + 20:
        found += chance * max(1.0, (k + 1) / cores)
        seen += chance
        k += 1
        chance *= others / k
    return found / seen


def evened(loops: Sequence[float], copies: int, cores: float, used: float) -> float:
    """How busy each of these copies is if they share the work of these loops evenly, on the same processors.

    Args:
        loops: how busy each loop is now, 0 to 1.
        copies: loops afterwards.
        cores: processors of the machine; NaN where not known.
        used: of them at work now, all programs together.
    """
    each = sum(_work(loop, cores, used) for loop in loops) / copies
    return each * stretch(cores, used - each)


def _work(loop: float, cores: float, used: float) -> float:
    """Cores that a loop computes on, which is so busy beside the others: a fixed point, since others are the rest."""
    found = loop
    for _ in range(_ROUNDS):
        found = loop / stretch(cores, used - found)
    return found
