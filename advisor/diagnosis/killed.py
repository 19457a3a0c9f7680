"""What rules say of processes that ended for want of memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from advisor.diagnosis.finding import Evidence, at_least
from advisor.diagnosis.words import counted
from advisor.features import Snapshot
from advisor.features.before_end import RISE, filled_memory
from advisor.features.kills import by_system, by_v8
from advisor.features.window import Happening

ROSE: Final = "rose"
"""The signal that tells how far the memory of one of them rose at an even load until the kernel killed it."""

LONG: Final = 600.0
"""Seconds within which it was just now."""


def ended(kills: Sequence[Happening]) -> str:
    """How many ended and by whom, in words."""
    how = "ended in the last ten minutes with the heap"
    if all(map(by_v8, kills)):
        how = "ended by V8 in the last ten minutes with the heap"
    elif any(map(by_system, kills)):
        how = "killed in the last ten minutes with memory"
    return f"{counted(len(kills), 'process')} {how} full"


def evidence_of(snapshot: Snapshot, rule: str, kills: Sequence[Happening]) -> tuple[Evidence, ...]:
    """Their number, of which one is enough, and how the memory of the last one rose if it did so until its end."""
    count = at_least("killed", "Processes ended with their memory full, in ten minutes", len(kills), "{process}", 1)
    filled = filled_memory(snapshot, snapshot.recalled(rule), LONG) if kills else None
    if filled is None or not filled.goes_on:
        return (count,)
    return count, at_least(ROSE, "Its memory rose before its end by", filled.gained, "By", RISE * filled.limit)
