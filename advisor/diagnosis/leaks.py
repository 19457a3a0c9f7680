"""Which levels of which processes grow, from the longer past that a rule recalled."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from advisor.diagnosis.growing import Growing
from advisor.features import Snapshot, Track
from advisor.features.descriptors import REST, descriptors_of, with_rest
from advisor.features.growth import SLOWING, UNKNOWN, Growth, course_of, growth_of
from advisor.features.heap import CROWD, heap_limit
from advisor.features.memory import Bound, memory_of
from advisor.features.process import Process
from advisor.features.window import InstanceWindow

READ_DESCRIPTORS: Final = (
    "fd_open", "fd_sockets", "fd_files", "fd_pipes", "connections", "websockets", "requests", "request_time",
    "cpu_user",
)  # fmt: skip
READ_MEMORY: Final = (
    "heap_floor", "heap_used", "external_memory", "memory_rss", "connections", "websockets", "requests", "cpu_user",
)  # fmt: skip
"""Columns that a rule recalls to ask this module."""

_HEAPS: Final = ("heap_floor", "heap_used")
_RESIDENT: Final = "memory_rss"

HEAP: Final = "heap"
"""What leaks, in words."""

STARTING: Final = 300.0
"""Scaled seconds for which a process may still load what it serves from (judgement: more than twice the warm-up)."""

FEW: Final = 0.5
"""Least share of the rows in which a figure of memory must be told to stand for one that more of them tell."""

FEWER: Final = 20
"""Comparisons that are enough within minutes: those of eight rows that are two apart, or of more that are alike."""

LONG: Final = 600.0
"""Seconds over which the present state is read."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a life is compared with itself, in (scaled) seconds.

    Attributes:
        skip: what is left out after the start: caches fill and code compiles.
        apart: least distance of two moments that are compared.
        smooth: over how long the load of a moment is averaged.
    """

    skip: float
    apart: float
    smooth: float


def growth_in(
    instance: InstanceWindow, track: Track, column: str, pace: Pace, scale: float, *, lowest: bool, crowd: bool = True
) -> Growth:
    """The growth of one column over one life at equal load."""
    if not track.times.size:
        return UNKNOWN
    began = float(track.times[0]) if instance.started is None else instance.started
    loads, held = _loads(track, crowd=crowd), () if crowd else _under_way(track)
    course = course_of(track, column, loads, after=began + pace.skip / scale, smooth=pace.smooth / scale, lowest=lowest,
                       held=held)  # fmt: skip
    return growth_of(course, pace.apart / scale)


def of_descriptors(snapshot: Snapshot, rule: str, processes: Iterable[Process], pace: Pace) -> Iterator[Growing]:
    """Descriptors that no connection from outside explains, of each of these processes."""
    for process, instance in _recalled(snapshot, rule, processes):
        growth = growth_in(instance, with_rest(instance.track), REST, pace, snapshot.time_scale, lowest=False,
                           crowd=False)  # fmt: skip
        yield _opened(process, growth)


def of_descriptors_lately(
    snapshot: Snapshot, rule: str, processes: Iterable[Process], pace: Pace, reaches: Iterable[float]
) -> Iterator[Growing]:
    """The same over the last so many (scaled) seconds, of each process that holds more than ever in the past recalled.

    Only what ends sooner than it has lasted: growth of minutes says nothing of hours; nor what hardly grows any more.
    The rows of the present are told in seconds, those of the past as the rule recalled them.
    """
    reach = tuple(reaches)
    for process, instance in _recalled(snapshot, rule, processes):
        level = _Level(with_rest(process.track), with_rest(instance.track), REST, is_heap=False)
        for growth in _lately(snapshot, instance, level, pace, reach):
            yield from _ends_first(_opened(process, growth))


@dataclass(frozen=True, slots=True)
class _Level:
    """One column of one process, in its present rows and in those of its past; a heap, or what it has open."""

    fine: Track
    coarse: Track
    column: str
    is_heap: bool

    def since(self, instance: InstanceWindow, track: Track, began: float, pace: Pace, scale: float) -> Growth:
        life = replace(instance, started=max(instance.started or began, began))
        return growth_in(life, track, self.column, pace, scale, lowest=self.is_heap, crowd=self.is_heap)

    def most(self, before: float) -> float:
        """The most it was before: what was as high then, and fell, comes and goes."""
        told = self.coarse.highs.get(self.column, self.coarse.values.get(self.column))
        return -math.inf if told is None else float(np.nanmax(told[self.coarse.times < before], initial=-math.inf))


def _lately(
    snapshot: Snapshot, instance: InstanceWindow, level: _Level, pace: Pace, reaches: Iterable[float]
) -> Iterator[Growth]:
    scale = snapshot.time_scale
    now = level.since(instance, level.fine, snapshot.now - LONG / 2 / scale, pace, scale)
    for track, reach in ((level.fine, LONG), *((level.coarse, reach) for reach in reaches)):
        began = snapshot.now - reach / scale
        growth = level.since(instance, track, began, pace, scale)
        if now.slope >= SLOWING * growth.slope and growth.level > level.most(before=began):
            yield growth


def _ends_first(found: Growing) -> Iterator[Growing]:
    """It, if it ends sooner than it has lasted."""
    if found.time_left < found.growth.seconds:
        yield replace(found, ahead=found.growth.seconds, fewer=FEWER)


def _opened(process: Process, growth: Growth) -> Growing:
    told = descriptors_of(process, LONG)
    end = growth.level + told.limit - told.open
    return Growing(process.instance.id, process.name, "descriptors", "{file_descriptor}", growth, end)


def of_memory(snapshot: Snapshot, rule: str, processes: Iterable[Process], pace: Pace) -> Iterator[Growing]:
    """Heap and buffers of each of these processes; its resident memory where neither is told."""
    for process, instance in _recalled(snapshot, rule, processes):
        for column, what in levels_of(instance.track):
            growth = growth_in(instance, instance.track, column, pace, snapshot.time_scale, lowest=True)
            rough = column in ("heap_used", _RESIDENT)
            yield replace(_filled(snapshot, process, what, growth), estimated=rough)


def _filled(snapshot: Snapshot, process: Process, what: str, growth: Growth) -> Growing:
    own = heap_limit(snapshot, process.instance, process.span(LONG)) - growth.level if what == HEAP else math.nan
    bound = min((left for left in (room_of(snapshot, process), own) if not math.isnan(left)), default=math.nan)
    return Growing(process.instance.id, process.name, what, "By", growth, growth.level + bound)


def of_heap_lately(snapshot: Snapshot, rule: str, processes: Iterable[Process], pace: Pace) -> Iterator[Growing]:
    """What collections leave of a heap over the last minutes, as with descriptors; not while a process still starts.

    Without collections nobody knows within minutes what is garbage.
    """
    settled = snapshot.now - (LONG + STARTING) / snapshot.time_scale
    for process, instance in _recalled(snapshot, rule, processes):
        if instance.started is None or instance.started > settled:
            continue
        level = _Level(process.track, instance.track, "heap_floor", is_heap=True)
        for growth in _lately(snapshot, instance, level, pace, ()):
            yield from _ends_first(_filled(snapshot, process, HEAP, growth))


def of_memory_early(
    snapshot: Snapshot, rule: str, processes: Iterable[Process], pace: Pace, found: Iterable[Growing], enough: float
) -> Iterator[Growing]:
    """The same at a quicker pace, of processes of which `found` has fewer comparisons than are enough.

    It sees as far ahead as it was seen: growth of hours says nothing of days. Resident memory also settles for hours,
    so it takes no part.
    """
    told = {one.instance for one in found if one.growth.pairs >= enough}
    young = [process for process in processes if process.instance.id not in told]
    for one in of_memory(snapshot, rule, young, pace):
        if not one.estimated:
            yield replace(one, ahead=one.growth.seconds)


def levels_of(track: Track) -> list[tuple[str, str]]:
    """The columns that say most about a leak, each in words.

    What is left of the heap after a full collection says most; a process that seldom collects tells too few of them,
    and some senders (PM2) tell the heap too seldom.
    """
    named = [name for name in (*_HEAPS, _RESIDENT) if name in track.values]
    told = {name: int(np.count_nonzero(~np.isnan(track.values[name]))) for name in named}
    most = next((name for name, count in told.items() if count >= FEW * max(told.values())), _RESIDENT)
    found = [] if most == _RESIDENT else [(most, HEAP)]
    if "external_memory" in track.values:
        found.append(("external_memory", "memory outside the heap"))
    return found or [(_RESIDENT, "memory")]


def room_of(snapshot: Snapshot, process: Process) -> float:
    """Bytes that one process may still take, if those that share its limit grow as it does."""
    machine = snapshot.machine_of(process)
    memory = memory_of(process, machine, LONG)
    if memory.bound is Bound.HOST:
        return memory.room / max(1, len(snapshot.on(machine))) if machine else math.nan
    own = process.memory(LONG) / memory.used if memory.used > 0 else math.nan
    return memory.room * (1.0 if math.isnan(own) else min(1.0, own))


def kind_of(instance: InstanceWindow, pace: Pace, scale: float) -> str:
    """Which kind of descriptors grows most at equal load, in words; empty where kinds are not told or none grows."""
    track = with_rest(instance.track)
    kinds = {"fd_sockets": "sockets", "fd_files": "files", "fd_pipes": "pipes"}
    slopes = {
        words: growth_in(instance, track, column, pace, scale, lowest=False, crowd=False).slope
        for column, words in kinds.items()
    }
    growing = {words: slope for words, slope in slopes.items() if slope > 0}
    return max(growing, key=lambda words: growing[words], default="")


def _recalled(snapshot: Snapshot, rule: str, processes: Iterable[Process]) -> Iterator[tuple[Process, InstanceWindow]]:
    past = snapshot.recalled(rule)
    known = {instance.id: instance for instance in past.window.instances} if past else {}
    for process in processes:
        if process.instance.id in known:
            yield process, known[process.instance.id]


def _under_way(track: Track) -> Sequence[str]:
    """What tells how many requests are under way (Little's law), where that is a crowd: each holds what it calls by.

    As many a second that take twice as long are twice as many at a time, and so are their sockets.
    """
    spent = track.values.get("request_time")
    spans = np.where(track.spans > 0, track.spans, np.inf)
    most = 0.0 if spent is None else float(np.nanmax(spent / spans, initial=0.0))
    return ("request_time",) if most >= CROWD else ()


def _loads(track: Track, *, crowd: bool) -> Sequence[str]:
    """What the process has to do: requests where they are told, else its CPU time; and sockets that fill a heap."""
    found = ["requests" if "requests" in track.values else "cpu_user"]
    for name in ("websockets", "connections") if crowd else ():
        if name in track.values and float(np.nanmax(track.values[name])) >= CROWD:
            return (*found, name)
    return found
