"""How many open WebSockets a process carries, learned from what each took of its loop and memory over a day."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np

from advisor.features import control_groups, stats
from advisor.features.heap import heap_limit
from advisor.features.process import Process
from advisor.features.snapshot import Snapshot
from advisor.features.window import Array, Track

NOW: Final = 60.0
"""Seconds over which present figures are read."""

LONG: Final = 600.0
"""Seconds over which the least heap in use is looked for: what is left when garbage is gone."""

RANGE: Final = 3.0
"""Sockets must have varied so many times for a slope to mean anything (decision model C10)."""

ROWS: Final = 48
"""Fewest rows of five minutes to fit by: four hours."""

FIT: Final = 0.8
"""Least share of the variance that a fit explains; a looser one says that something else sets the figure."""

APART: Final = 0.1
"""Least share of the sockets' variance that requests do not explain: below it their work cannot be told apart."""

DUE: Final = 0.5
"""Least share of the loop's work that is due to sockets for them to be what fills it."""


class Resource(StrEnum):
    """What runs out first."""

    LOOP = "event loop"
    MEMORY = "memory"
    HEAP = "heap"
    DESCRIPTORS = "descriptors"
    CONFIGURED = "limit that was set"


@dataclass(frozen=True, slots=True)
class Capacity:
    """Sockets at which one resource of a process is full to its level; infinite where they do not fill it.

    Attributes:
        resource: which.
        sockets: how many; NaN where it cannot be learned.
        each: what one socket takes of it (share of the loop, bytes, descriptors).
        fit: share of the variance that the slope explains; 1 where nothing had to be learned.
    """

    resource: Resource
    sockets: float
    each: float
    fit: float = 1.0


def open_sockets(process: Process) -> float:
    """Open WebSockets, the mean of the last (scaled) minute; 0 where none are reported."""
    count = stats.level(process.track, "websockets", process.span(NOW))
    return 0.0 if math.isnan(count) else count


def all_open(snapshot: Snapshot) -> float:
    """Those of all processes of a service."""
    return sum(open_sockets(process) for process in snapshot.processes)


def capacities(snapshot: Snapshot, past: Snapshot | None, process: Process, level: float) -> tuple[Capacity, ...]:
    """What the loop, the memory, the heap and the descriptors of a process allow, each full to `level` (a share).

    `past` are rows of all processes of the last day; without it loop and memory are not known.
    """
    rows = _rows(past)
    return (
        _loop(rows, process, level),
        _of_bytes(Resource.MEMORY, process, _room(snapshot, process, level), rows.sockets, rows.memory),
        _of_bytes(Resource.HEAP, process, _heap_room(snapshot, process, level), rows.sockets, rows.heap),
        _descriptors(process, level),
    )


def range_of(past: Snapshot | None) -> tuple[float, float]:
    """Fewest and most sockets of one process over the past, extremes left out; NaN without rows."""
    sockets = _rows(past).sockets
    return (math.nan, math.nan) if not sockets.size else (_low(sockets), float(np.quantile(sockets, 0.95)))


def _loop(rows: _Rows, process: Process, level: float) -> Capacity:
    each, fit = _slope(rows.sockets, rows.loops, rows.requests)
    now, count = process.loop(NOW), open_sockets(process)
    if math.isnan(each) or math.isnan(now):
        return Capacity(Resource.LOOP, math.nan, math.nan, fit)
    if fit < FIT or each <= 0 or each * count < DUE * now:
        return Capacity(Resource.LOOP, math.inf, each, fit)
    return Capacity(Resource.LOOP, _or_never(count + (level - now) / each), each, fit)


def _of_bytes(resource: Resource, process: Process, room: float, sockets: Array, bytes_used: Array) -> Capacity:
    each, fit = _slope(sockets, bytes_used, np.zeros(sockets.size))
    if math.isnan(each) or math.isnan(room):
        return Capacity(resource, math.nan, math.nan, fit)
    if fit < FIT or each <= 0:
        return Capacity(resource, math.inf, each, fit)
    return Capacity(resource, _or_never(open_sockets(process) + room / each), each, fit)


def _or_never(sockets: float) -> float:
    """Infinite where a resource would be full without a single socket: something else is what fills it."""
    return sockets if sockets > 0 or math.isnan(sockets) else math.inf


def in_memory(past: Snapshot | None) -> float:
    """Bytes of memory that one socket takes, learned from the past; NaN where nobody can tell."""
    rows = _rows(past)
    return _slope(rows.sockets, rows.memory, np.zeros(rows.sockets.size))[0]


def _room(snapshot: Snapshot, process: Process, level: float) -> float:
    """Bytes that the process may still take: its share of what its group may, else of the machine's.

    What others on the machine hold is theirs: full is `level` of what the service has and what is free.
    """
    span = process.span(NOW)
    limit, usage = (stats.latest(process.track, f"cgroup_memory_{name}", span) for name in ("limit", "usage"))
    if limit > 0 and not math.isnan(usage):
        return (level * limit - usage) / len(control_groups.mates(snapshot, process))
    machine = snapshot.machine_of(process)
    if machine is None:
        return math.nan
    mates, free = snapshot.on(machine), machine.memory_available(NOW)
    own = stats.known_sum([mate.memory(NOW) for mate in mates])
    return (level * (own + free) - own) / max(1, len(mates))


def _heap_room(snapshot: Snapshot, process: Process, level: float) -> float:
    """Bytes that its heap may still take: Node.js ends one whose heap is full, whatever the machine has left."""
    span = process.span(LONG)
    used, _ = stats.known(process.track, "heap_used", span)
    limit = heap_limit(snapshot, process.instance, span)
    return level * limit - float(used.min()) if used.size else math.nan


def _descriptors(process: Process, level: float) -> Capacity:
    """Each socket is one descriptor, so that nothing has to be learned."""
    span = process.span(NOW)
    limit, opened = (stats.latest(process.track, name, span) for name in ("fd_limit", "fd_open"))
    # NaN where one of them is not told
    return Capacity(Resource.DESCRIPTORS, _or_never(open_sockets(process) + level * limit - opened), 1.0)


class _Rows(NamedTuple):
    """Each row of each process that tells its sockets and its loop; bytes, and requests per second."""

    sockets: Array
    loops: Array
    memory: Array
    heap: Array
    requests: Array


def _rows(past: Snapshot | None) -> _Rows:
    found = [_of(one.track) for one in (past.window.instances if past else ())]
    if not found:
        return _Rows(*(np.empty(0) for _ in _Rows._fields))
    whole = _Rows(*(np.concatenate(figures) for figures in zip(*found, strict=True)))
    told = ~(np.isnan(whole.sockets) | np.isnan(whole.loops))
    rows = _Rows(*(figures[told] for figures in whole))
    return rows._replace(requests=np.nan_to_num(rows.requests))


def _of(track: Track) -> _Rows:
    def column(name: str) -> Array:
        return track.values.get(name, np.full(track.times.size, np.nan))

    whole = column("loop_active") + column("loop_idle")
    with np.errstate(divide="ignore", invalid="ignore"):
        measured = column("loop_active") / whole
        computed, answered = column("cpu_main") / track.spans, column("requests") / track.spans
    loops = np.where(np.isnan(measured), column("loop_utilization"), measured)
    loops = np.where(np.isnan(loops), computed, loops)
    heap = track.lows.get("heap_used", column("heap_used"))
    return _Rows(column("websockets"), loops, column("memory_rss"), heap, answered)


def _slope(sockets: Array, figures: Array, requests: Array) -> tuple[float, float]:
    """What a socket adds at equal requests, and the share of the variance explained; NaN where nobody can tell."""
    told = ~np.isnan(figures)
    sockets, figures, requests = sockets[told], figures[told], requests[told]
    if sockets.size < ROWS or not np.quantile(sockets, 0.95) >= RANGE * max(1.0, _low(sockets)):
        return math.nan, math.nan
    if requests.std() > 0 and 1 - float(np.corrcoef(sockets, requests)[0, 1]) ** 2 < APART:
        return math.nan, math.nan
    terms = np.stack([np.ones(sockets.size), sockets, requests], axis=1)
    solved = np.linalg.lstsq(terms, figures, rcond=None)[0]
    spread = float(figures.var())
    fit = 1 - float((figures - terms @ solved).var()) / spread if spread > 0 else 0.0
    return float(solved[1]), fit


def _low(sockets: Array) -> float:
    return float(np.quantile(sockets, 0.05))
