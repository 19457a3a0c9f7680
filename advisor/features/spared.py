"""The part of a service that a trouble of single processes leaves alone: what it shows as well has another cause."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from advisor.features.process import Process
from advisor.features.programs import part
from advisor.features.snapshot import Snapshot

OLD: Final = 0.5
"""Least share of a span for which a process must have been judged: the figures of one that keeps ending are younger."""


def without_hottest(snapshot: Snapshot, seconds: float) -> Snapshot | None:
    """The service without the process whose loop was busiest over the last (scaled) seconds; None where it is alone."""
    if len(snapshot.processes) < 2:
        return None
    hottest = max(snapshot.processes, key=lambda process: process.loop(seconds))
    return _of(snapshot, lambda process: process is not hottest)


def lasting(snapshot: Snapshot, seconds: float) -> Snapshot | None:
    """The processes alone that are old enough to be judged over (scaled) seconds; None where none is."""
    return _of(snapshot, lambda process: process.history(seconds) >= OLD)


def _of(snapshot: Snapshot, is_kept: Callable[[Process], bool]) -> Snapshot | None:
    kept = [process.instance.id for process in snapshot.processes if is_kept(process)]
    if len(kept) == len(snapshot.processes):
        return snapshot
    return part(snapshot, kept) if kept else None


SPARED: Final[Mapping[str, Callable[[Snapshot, float], Snapshot | None]]] = {
    "crash-loop": lasting,
    "uneven-load": without_hottest,
}
"""Rule that makes means over all processes say nothing -> the service without those that it spoils."""
