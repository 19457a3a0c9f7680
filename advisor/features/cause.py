"""What a loop does while it is blocked, as far as its CPU time and garbage collection tell."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

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


def cause_of_blocks(process: Process, seconds: float) -> Cause:
    """What held the loop of this process over the last (scaled) seconds; computing if nothing says otherwise."""
    blocks = process.blocks(process.span(seconds))
    if blocks.size and process.gc_pause(seconds) >= COLLECTED * blocks.max() > 0:
        return Cause.COLLECTION
    gap, busy = process.gap(seconds), process.elu(seconds)
    if gap >= GAP or (busy > 0 and gap >= IDLE_SHARE * busy):
        return Cause.WAITING
    return Cause.WORK
