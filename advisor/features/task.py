"""The heavy work that holds one loop: how long a piece of it is, and what remains without it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Final

from advisor.features.memo import remembered
from advisor.features.process import Process
from advisor.features.snapshot import Snapshot

WINDOW: Final = 600.0
"""So many seconds rules look back for blocks and collections: a habit shows in ten minutes."""

IN_TURN: Final = 4
"""So many pieces one behind the other may be what looks like one block."""


@dataclass(frozen=True, slots=True)
class Task:
    """The heavy work of one process.

    Attributes:
        process: who does it.
        seconds: how long one piece of it holds the loop at most.
        usual: how long half of the pieces do, those left out that are no heavy work.
        share: how much of all time it takes, 0 to 1.
        rest: the longest block without it, in seconds.
    """

    process: Process
    seconds: float
    usual: float
    share: float
    rest: float


@remembered
def blocking_task(snapshot: Snapshot, seconds: float) -> Task | None:
    """What holds the loop that loses most time to blocks; None where no process tells how long its blocks are."""
    process = snapshot.most_blocked(seconds)
    blocks = None if process is None else process.blocks(process.span(seconds))
    if process is None or blocks is None or not blocks.size:
        return None
    longest = float(blocks.max())
    usual = statistics.median(blocks[blocks >= longest / IN_TURN].tolist())
    small = blocks[blocks < usual / 2]
    rest = max(float(small.max()) if small.size else 0.0, process.gc_pause(seconds))
    return Task(process, longest, usual, process.blocked_share(seconds), rest)
