"""Processes that ended while their memory was full."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from advisor.features import stats
from advisor.features.ends import End
from advisor.features.heap import heap_limit
from advisor.features.lives import QUIET, ChangeKind, all_ends, changes, unplanned
from advisor.features.memo import remembered
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span, rows
from advisor.features.window import Happening, InstanceWindow, Track
from advisor.vocabulary.events import EXITED

BEFORE: Final = 120.0
"""Scaled seconds before an end in which the last figures of the process are looked for."""

TOLD: Final = 60.0
"""Scaled seconds within which whoever knows more of an end tells of it: the agent may learn its code so late."""

FULL: Final = 0.85
"""A heap or a limit of descriptors that was this full just before an end is what ended it (decision model C4)."""

LEFT: Final = 0.7
"""Of a heap's limit: where the last collection that was told left less, V8 had room (as tune-heap has it)."""

_LOOKS: Final = 3

_BY_SYSTEM: Final = "SIGKILL"
_BY_V8: Final = "SIGABRT"
_ABORTED: Final = 134
"""What a shell tells of a program that ended by SIGABRT, as V8 ends one without heap."""


def killed_full(snapshot: Snapshot, seconds: float, level: float) -> tuple[Happening, ...]:
    """Ends of the last (scaled) seconds for want of memory: with at least this share of it in use.

    By SIGKILL or by V8 (whose heap goes on to fill from its last row as it came there); or for no known reason, where
    the heap was as full and collections left little room in it: whoever stops a process may end it with garbage in its
    heap. One that told no level just before is left out as well, and one that was killed for its successor.
    """
    return tuple(event for event in snapshot.happened(EXITED.name, seconds) if _last_share(snapshot, event) >= level)


def full_lives(snapshot: Snapshot, seconds: float, level: float) -> frozenset[int]:
    """The instances that ended so, as far as their figures are still at hand."""
    dead = (ended_process(snapshot, event) for event in killed_full(snapshot, seconds, level))
    return frozenset(one.id for one in dead if one is not None)


def killed_lately(snapshot: Snapshot, seconds: float, level: float) -> bool:
    """True if one was killed with its memory full in the last (scaled) seconds.

    So is one that was killed or ended by V8, unasked, before all rows at hand: how full it was can be told no more, for
    a window shows some minutes, and events go back for days.
    """
    if killed_full(snapshot, seconds, level):
        return True
    start = snapshot.window.start
    return any(end.at < start and (end.signal == _BY_SYSTEM or by_v8(end)) for end in unplanned(snapshot, seconds))


def by_system(event: Happening) -> bool:
    """True if it was killed, as the kernel does when memory runs out."""
    return event.signal == _BY_SYSTEM


def by_v8(event: Happening | End) -> bool:
    """True if V8 ended the process itself."""
    return event.signal == _BY_V8 or event.exit_code == _ABORTED


def _last_share(snapshot: Snapshot, event: Happening) -> float:
    """The share of its limit that the ended process used last; its heap's, unless it was killed."""
    dead = ended_process(snapshot, event)
    if dead is None:
        return math.nan
    span = Span(event.at - BEFORE / snapshot.time_scale, event.at)
    if by_system(event):
        return math.nan if dead.id in _released(snapshot) else _share(snapshot, dead, span)
    limit = heap_limit(snapshot, dead, span)
    if by_v8(event):
        return _reached(dead.track, span) / limit
    if dead.id in _unexplained(snapshot) and _left(dead.track, span) >= LEFT * limit:
        return stats.peak(dead.track, "heap_used", span) / limit
    return math.nan


def _reached(track: Track, span: Span) -> float:
    """The most heap in use up to the end of the span: one at its highest goes on as it came there from the row before.

    V8 ends nothing while there is room, and a heap may fill between two looks.
    """
    where = rows(track, span)
    used = track.values.get("heap_used", np.empty(0))[where]
    told = ~np.isnan(used)
    used, times = used[told], track.times[where][told]
    if used.size < 2 or used[-1] < used.max():
        return float(used.max()) if used.size else math.nan
    pace = (used[-1] - used[-2]) / (times[-1] - times[-2])
    return float(used[-1] + pace * (span.end - times[-1]))


def _left(track: Track, span: Span) -> float:
    """What the last collection left in the heap, else the least in use of some looks, from before the span if need be.

    One look may have met the heap with garbage in it: fewer than three tell nothing.
    """
    left = stats.latest(track, "heap_floor", span)
    if not math.isnan(left):
        return left
    before, _ = stats.known(track, "heap_used", Span(-math.inf, span.end))
    within, _ = stats.known(track, "heap_used", span)
    return float(before[-max(within.size, _LOOKS) :].min()) if before.size >= _LOOKS else math.nan


def is_explained(end: End) -> bool:
    """True if somebody knows how the process ended."""
    return bool(end.signal or end.cause or end.exception) or end.exit_code is not None


def is_last_explained(snapshot: Snapshot) -> bool:
    """True if none is left, and somebody knows how the last process ended."""
    last = {process.instance.id for process in snapshot.gone}
    known = all_ends(snapshot) if last else ()
    return any(is_explained(end) for end in known if end.life is not None and end.life.instance_id in last)


@remembered
def _released(snapshot: Snapshot) -> frozenset[int]:
    """The processes that ended while another version took their place: who does not end in time is killed then."""
    slack = QUIET / snapshot.time_scale
    deploys = [one for one in changes(snapshot, math.inf) if one.kind is ChangeKind.DEPLOY and one.version]
    return frozenset(
        end.life.instance_id
        for end in all_ends(snapshot)
        if end.life is not None
        and any(d.at - slack <= end.at <= d.until and end.life.version != d.version for d in deploys)
    )


@remembered
def _unexplained(snapshot: Snapshot) -> frozenset[int]:
    """The processes that ended without being asked to, and of which nobody knows how after the time to tell of it."""
    return frozenset(
        end.life.instance_id
        for end in unplanned(snapshot, math.inf)
        if end.life is not None and not is_explained(end) and end.at <= snapshot.now - TOLD / snapshot.time_scale
    )


def ended_process(snapshot: Snapshot, event: Happening) -> InstanceWindow | None:
    """The process that a primary or an agent saw end, else the one that told of itself."""
    lives = snapshot.window.instances
    teller = next((one for one in lives if one.id == event.instance_id), None)
    if event.pid is None:
        return teller
    same = [one for one in lives if one.pid == event.pid and (teller is None or one.host_id == teller.host_id)]
    return max(same, key=lambda one: one.started or 0.0, default=None)  # a process id comes again after a while


def _share(snapshot: Snapshot, dead: InstanceWindow, span: Span) -> float:
    limit = stats.latest(dead.track, "cgroup_memory_limit", span)
    if limit > 0:
        return stats.peak(dead.track, "cgroup_memory_usage", span) / limit
    host = snapshot.window.host(dead.host_id)
    if host is None:
        return math.nan
    whole = stats.latest(host.track, "memory_limit", span)
    free, _ = stats.known(host.track, "memory_available", span)
    return 1 - float(free.min()) / whole if free.size and whole > 0 else math.nan
