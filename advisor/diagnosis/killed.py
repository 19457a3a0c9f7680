"""What rules say of processes that ended for want of memory."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.diagnosis.finding import Evidence, at_least
from advisor.diagnosis.words import counted
from advisor.features.kills import by_system, by_v8
from advisor.features.window import Happening


def ended(kills: Sequence[Happening]) -> str:
    """How many ended and by whom, in words."""
    how = "ended in the last ten minutes with the heap"
    if all(map(by_v8, kills)):
        how = "ended by V8 in the last ten minutes with the heap"
    elif any(map(by_system, kills)):
        how = "killed in the last ten minutes with memory"
    return f"{counted(len(kills), 'process')} {how} full"


def evidence_of(kills: Sequence[Happening]) -> Evidence:
    """Their number, of which one is enough."""
    return at_least("killed", "Processes ended with their memory full, in ten minutes", len(kills), "{process}", 1)
