"""What is short where memory runs out (decision model C4)."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.finding import Ruling

_OF_MEMORY: Final = frozenset(("memory_long", "memory_now", "swapping", "killed"))
"""The figures of memory pressure that speak of more than the limit of a heap."""


def only_heap(ruling: Ruling) -> bool:
    """True if it is the limit of a heap alone that is short, and no memory beside it."""
    held = {e.signal for e in ruling.reading.evidence if e.holds}
    return "heap_share" in held and not held & _OF_MEMORY
