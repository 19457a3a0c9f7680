"""What a loop does while it is blocked, as far as its CPU time and garbage collection tell."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from advisor.features.machine import Machine
from advisor.features.process import Process

GAP: Final = 0.25
"""From this gap on the loop does not compute (decision model 0, finding 1)."""

IDLE_SHARE: Final = 0.5
"""The same for a loop that is seldom busy: half of its busy time without CPU use is no computing."""

COLLECTED: Final = 0.5
"""Garbage collection is to blame if its longest pause is at least this share of the longest block (C2)."""


class Cause(StrEnum):
    """What holds the loop."""

    WORK = "work"
    WAITING = "waiting"
    COLLECTION = "collection"


CROWDED_CPU: Final = 0.80
CROWDED_PRESSURE: Final = 0.10
CROWDED_STEAL: Final = 0.05
"""From these on a process may wait for a processor as well as in a call: C2 blames calls on idle hosts only."""


def cause_of_blocks(process: Process, seconds: float, machine: Machine | None = None) -> Cause:
    """What held the loop of this process over the last (scaled) seconds; computing if nothing says otherwise.

    `machine` is where it runs, if that reports: on a crowded one a gap says nothing of the code.
    """
    blocks = process.blocks(process.span(seconds))
    if blocks.size and process.gc_pause(seconds) >= COLLECTED * blocks.max() > 0:
        return Cause.COLLECTION
    gap, busy = process.gap(seconds), process.elu(seconds)
    waits = gap >= GAP or (busy > 0 and gap >= IDLE_SHARE * busy)
    if waits and not (machine and _is_crowded(machine, seconds)):
        return Cause.WAITING
    return Cause.WORK


def _is_crowded(machine: Machine, seconds: float) -> bool:
    return (
        machine.cpu(seconds) >= CROWDED_CPU
        or machine.pressure(seconds) >= CROWDED_PRESSURE
        or machine.steal(seconds) >= CROWDED_STEAL
    )
