"""Processes that were killed while their memory was full."""

from __future__ import annotations

import math
from typing import Final

from advisor.features import stats
from advisor.features.heap import heap_limit
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span
from advisor.features.window import Happening, InstanceWindow
from advisor.vocabulary.events import EXITED

BEFORE: Final = 120.0
"""Seconds before an end in which the level of the memory is looked for."""

_BY_SYSTEM: Final = "SIGKILL"
_BY_V8: Final = "SIGABRT"
_ABORTED: Final = 134
"""What a shell tells of a program that ended by SIGABRT, as V8 ends one without heap."""


def killed_full(snapshot: Snapshot, seconds: float, level: float) -> tuple[Happening, ...]:
    """Ends of the last (scaled) seconds by SIGKILL, or by V8, of processes with at least this share of memory in use.

    A kill whose process reported no level just before is left out: whoever stops a process may kill it as well.
    """
    return tuple(event for event in snapshot.happened(EXITED.name, seconds) if _last_share(snapshot, event) >= level)


def _last_share(snapshot: Snapshot, event: Happening) -> float:
    """The share of its limit that the ended process used last; its heap's, if V8 ended it."""
    dead = _ended(snapshot, event)
    if dead is None:
        return math.nan
    span = Span(event.at - BEFORE / snapshot.time_scale, event.at)
    if event.signal == _BY_SYSTEM:
        return _share(snapshot, dead, span)
    if event.signal == _BY_V8 or event.exit_code == _ABORTED:
        return stats.peak(dead.track, "heap_used", span) / heap_limit(snapshot, dead, span)
    return math.nan


def _ended(snapshot: Snapshot, event: Happening) -> InstanceWindow | None:
    """The process that a primary or an agent saw end, else the one that told of itself."""
    lives = snapshot.window.instances
    if event.pid is None:
        return next((one for one in lives if one.id == event.instance_id), None)
    return next((one for one in lives if one.pid == event.pid), None)


def _share(snapshot: Snapshot, dead: InstanceWindow, span: Span) -> float:
    limit = stats.latest(dead.track, "cgroup_memory_limit", span)
    if limit > 0:
        return stats.peak(dead.track, "cgroup_memory_usage", span) / limit
    host = next((one for one in snapshot.window.hosts if one.id == dead.host_id), None)
    if host is None:
        return math.nan
    whole = stats.latest(host.track, "memory_limit", span)
    free, _ = stats.known(host.track, "memory_available", span)
    return 1 - float(free.min()) / whole if free.size and whole > 0 else math.nan
