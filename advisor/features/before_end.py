"""How the heap, or the memory, of a process filled until it ended for want of room."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from advisor.features import stats
from advisor.features.growth import SLOWING
from advisor.features.heap import CROWD, heap_limit
from advisor.features.kills import FULL, by_system, ended_process, killed_full
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span, rows
from advisor.features.window import Happening, InstanceWindow, Track

RISE: Final = 0.25
"""Of its limit: what collections leave of a heap differs by less from one to the next (judgement)."""

EVEN: Final = 1.25
"""Times the requests: with more than that a process may hold so much more for them."""

FINER: Final = 1.5
"""Rows of minutes must reach this many times as far back as those of seconds, which show a course better."""

SETTLED: Final = 180.0
"""Scaled seconds that must be known of a life: one that is killed sooner may only have loaded what it serves from
(judgement: half as long again as a process warms up)."""

_PARTS: Final = 3
"""A course is compared by its thirds; a short one, of two rows, by its halves."""

_HEAP: Final = "heap_used"
_MEMORY: Final = "memory_rss"


@dataclass(frozen=True, slots=True)
class Filled:
    """The heap or memory of a process that ended for want of room; bytes, and seconds as the series tells them.

    Attributes:
        limit: what lasting objects, or the process, might have taken.
        kept: what was left of it by its last collection, or the least in use in the last third (or half) of what is
            known of it, if that is more.
        gained: by how much the least of the last third is more than that of the first; 0 unless each is above the one
            before.
        lately: of that, by how much it is more than that of the third before.
        seconds: between the middles of both.
        load: requests a second, or open sockets if there are many, in the last over those in the first; NaN where they
            are not told.
        known: seconds that are known of its life.
    """

    limit: float
    kept: float
    gained: float
    lately: float
    seconds: float
    load: float
    known: float

    @property
    def is_rising(self) -> bool:
        """True if it rose by more than noise until its end."""
        return self.gained >= RISE * self.limit

    @property
    def goes_on(self) -> bool:
        """True if it rose at an even load, and at last as it had before: what only filled up slows down."""
        return self.is_rising and self.load <= EVEN and self.lately >= SLOWING * (self.gained - self.lately)


def filled_heap(snapshot: Snapshot, past: Snapshot | None, seconds: float) -> Filled | None:
    """Of the last process that ended in the last (scaled) seconds with its heap full; None without one.

    Args:
        snapshot: the service now, with its events.
        past: longer rows of its processes, also of that one; without them those of the snapshot have to do.
        seconds: how long ago it may have ended.
    """
    return _last(snapshot, past, seconds, _HEAP, lambda event: not by_system(event))


def filled_memory(snapshot: Snapshot, past: Snapshot | None, seconds: float) -> Filled | None:
    """Likewise of the last one that was killed with the memory of its control group full, after some minutes."""
    found = _last(snapshot, past, seconds, _MEMORY, by_system)
    return found if found is not None and found.known * snapshot.time_scale >= SETTLED else None


def _last(
    snapshot: Snapshot, past: Snapshot | None, seconds: float, column: str, counts: Callable[[Happening], bool]
) -> Filled | None:
    full = [event for event in killed_full(snapshot, seconds, FULL) if counts(event)]
    dead = ended_process(snapshot, full[-1]) if full else None
    if dead is None:
        return None
    lives = past.window.instances if past else ()
    longer = next((one for one in lives if one.id == dead.id and _length(one) >= FINER * _length(dead)), dead)
    span = Span(-math.inf, full[-1].at)
    limit = heap_limit(snapshot, dead, span) if column == _HEAP else _allowed(dead, span)
    return _course(longer.track, column, limit) if column == _HEAP or limit > 0 else None


def _allowed(dead: InstanceWindow, span: Span) -> float:
    return stats.latest(dead.track, "cgroup_memory_limit", span)


def _length(one: InstanceWindow) -> float:
    return float(one.track.times[-1] - one.track.times[0]) if one.track.times.size else 0.0


def _course(track: Track, column: str, limit: float) -> Filled | None:
    if track.times.size < 2:
        return None
    parts = min(_PARTS, track.times.size)
    span = Span(float(track.times[0] - track.spans[0]), float(track.times[-1]))
    pieces = span.split(span.length / parts)[-parts:]
    kept = [_least(track, column, piece) for piece in pieces]
    if any(math.isnan(level) for level in kept):
        return None
    rises = all(later > earlier for earlier, later in pairwise(kept))
    collected = stats.latest(track, "heap_floor", span) if column == _HEAP else math.nan
    return Filled(
        limit=limit,
        kept=stats.highest([kept[-1], collected]),
        gained=kept[-1] - kept[0] if rises else 0.0,
        lately=kept[-1] - kept[-2] if rises else 0.0,
        seconds=pieces[-1].start - pieces[0].start,
        load=_more(track, pieces[0], pieces[-1]),
        known=span.length,
    )


def _least(track: Track, column: str, span: Span) -> float:
    """The least in use in the span; of rows that stand for minutes that is their lowest."""
    figures = track.lows.get(column, track.values.get(column))
    told = np.empty(0) if figures is None else figures[rows(track, span)]
    return float(np.nanmin(told)) if told.size and not np.isnan(told).all() else math.nan


def _more(track: Track, first: Span, last: Span) -> float:
    requests = [stats.rate(track, "requests", span) for span in (first, last)]
    sockets = [stats.level(track, "websockets", span) for span in (first, last)]
    pairs = [requests, sockets] if sockets[1] >= CROWD else [requests]
    return stats.highest([later / earlier for earlier, later in pairs if earlier > 0])
