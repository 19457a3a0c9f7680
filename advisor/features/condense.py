"""A recording cut down to what the store would have given of it at one moment.

The store keeps samples for a window and rollups for longer; a replay has the whole recording in memory and
makes both from it. `condensed` follows `store.past`, and a test holds the two to the same figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.features.histogram import Histogram
from advisor.features.memo import remembered
from advisor.features.window import Array, HostWindow, PartWindow, ServiceWindow, Track
from advisor.vocabulary import COLUMNS, Entity, PartKind
from advisor.vocabulary.events import BLOCKED, PROFILED

_MINUTE: Final = 60.0
_INCREASES: Final = {(column.entity, column.name) for column in COLUMNS if column.is_increase}
_OF_WORK: Final = frozenset((BLOCKED.name, PROFILED.name))


class Rows(Mapping[int, Histogram]):
    """The distributions of some consecutive rows of a track, numbered anew from 0."""

    __slots__ = ("_all", "_first", "_size")

    def __init__(self, whole: Mapping[int, Histogram], first: int, size: int) -> None:
        self._all, self._first, self._size = whole, first, size

    def __getitem__(self, index: int) -> Histogram:
        if not 0 <= index < self._size:
            raise KeyError(index)
        return self._all[self._first + index]

    def __contains__(self, index: object) -> bool:
        return isinstance(index, int) and 0 <= index < self._size and self._first + index in self._all

    def __iter__(self) -> Iterator[int]:
        return (row for row in range(self._size) if self._first + row in self._all)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def cut(whole: ServiceWindow, start: float, end: float, since: float) -> ServiceWindow:
    """The window from `start` to `end` (Unix seconds, both included); starts and ends of processes from `since` on."""
    instances = tuple(
        replace(one, track=track, parts=_cut_parts(one.parts, start, end))
        for one in whole.instances
        if (track := cut_track(one.track, start, end)).times.size
    )
    events = tuple(e for e in whole.events if (start if e.name in _OF_WORK else since) <= e.at <= end)
    lives = tuple(
        replace(life, seen_last=min(life.seen_last, end))
        for life in whole.lives
        if life.seen_first <= end and life.seen_last >= since
    )
    ids = {one.host_id for one in instances}
    hosts = tuple(_cut_host(host, start, end) for host in whole.hosts if host.id in ids)
    return replace(whole, start=start, end=end, instances=instances, hosts=hosts, events=events, lives=lives)


def cut_track(track: Track, start: float, end: float) -> Track:
    """The rows from `start` to `end`, without the columns that none of them has."""
    first = int(np.searchsorted(track.times, start, side="left"))
    last = int(np.searchsorted(track.times, end, side="right"))
    part = {name: figures[first:last] for name, figures in track.values.items()}
    known = {name: figures for name, figures in part.items() if not np.isnan(figures).all()} if last > first else {}
    rows = Rows(track.latencies, first, last - first) if track.latencies else {}
    return Track(track.times[first:last], track.spans[first:last], known, rows)


def condensed(
    whole: ServiceWindow,
    start: float,
    end: float,
    step: float,
    process: Sequence[str],
    host: Sequence[str],
    parts: Mapping[PartKind, Sequence[str]],
) -> ServiceWindow:
    """The same span as rows of `step` seconds, at least a minute, from full minutes alone; as `store.past.past`."""
    grid = _Grid(start, end, max(1, round(step / _MINUTE)))
    instances = tuple(
        replace(one, track=track, parts=grid.parts(one.parts, parts))
        for one in whole.instances
        if (track := grid.track(one.track, Entity.PROCESS, process)).times.size
    )
    ids = {one.host_id for one in whole.instances if _ran(one.track, start, end)}
    hosts = tuple(
        HostWindow(one.id, one.name, grid.track(one.track, Entity.HOST, host), grid.parts(one.parts, parts))
        for one in whole.hosts
        if one.id in ids
    )
    return ServiceWindow(whole.service_id, whole.name, start, end, instances, hosts)


def _ran(track: Track, start: float, end: float) -> bool:
    return bool(track.times.size and track.times[0] <= end and track.times[-1] >= start)


def _cut_parts(parts: Sequence[PartWindow], start: float, end: float) -> tuple[PartWindow, ...]:
    found = (PartWindow(part.kind, part.name, cut_track(part.track, start, end)) for part in parts)
    return tuple(part for part in found if part.track.times.size)


def _cut_host(host: HostWindow, start: float, end: float) -> HostWindow:
    loops = {key: track for key, loop in host.loops.items() if (track := cut_track(loop, start, end)).times.size}
    return replace(host, track=cut_track(host.track, start, end), parts=_cut_parts(host.parts, start, end), loops=loops)


class _Grid:
    """Cells of some minutes over a span."""

    def __init__(self, start: float, end: float, minutes: int) -> None:
        self.first, self.last = math.ceil(start / _MINUTE), math.floor(end / _MINUTE)
        self.minutes, self.end, self.length = minutes, end, minutes * _MINUTE

    def parts(self, parts: Sequence[PartWindow], wanted: Mapping[PartKind, Sequence[str]]) -> tuple[PartWindow, ...]:
        made = (
            PartWindow(part.kind, part.name, self.track(part.track, Entity.PART, wanted[part.kind]))
            for part in sorted(parts, key=lambda part: (part.kind, part.name))
            if part.kind in wanted
        )
        return tuple(part for part in made if part.track.times.size)

    def track(self, track: Track, entity: Entity, columns: Sequence[str]) -> Track:
        """A track in cells; increases as their rate over the whole cell, levels as mean, low and high."""
        minutes = _minutes(track)
        first, last = np.searchsorted(minutes.numbers, (self.first, self.last), side="left")
        cells = minutes.numbers[first:last] // self.minutes
        if not columns or not cells.size:
            return Track(np.empty(0), np.empty(0), {})
        begins = np.flatnonzero(np.diff(cells, prepend=cells[0] - 1))
        times = np.minimum((cells[begins] + 1) * self.length, self.end)
        values: dict[str, Array] = {}
        lows: dict[str, Array] = {}
        highs: dict[str, Array] = {}
        covered: dict[str, Array] = {}
        for name in columns:
            is_increase = (entity, name) in _INCREASES
            rows = _rolled(track, name, is_increase)
            if rows is None or not rows.weights[first:last].any():
                continue
            rates = _rate(rows.sums[first:last], rows.weights[first:last], begins)
            values[name] = rates * self.length if is_increase else rates
            if is_increase:
                covered[name] = np.add.reduceat(rows.weights[first:last], begins)
            else:
                lows[name] = np.fmin.reduceat(rows.lows[first:last], begins)
                highs[name] = np.fmax.reduceat(rows.highs[first:last], begins)
        return Track(times, np.full(times.size, self.length), values, lows=lows, highs=highs, covered=covered)


class _Minutes(NamedTuple):
    """The minutes in which a track has rows: their numbers since 1970, and the first row of each."""

    numbers: Array
    begins: NDArray[np.intp]


class _Rolled(NamedTuple):
    """One column by the minutes of its track: the sum of what is known, what it covers, and the extremes."""

    sums: Array
    weights: Array
    lows: Array
    highs: Array


@remembered
def _minutes(track: Track) -> _Minutes:
    numbers = track.times // _MINUTE
    begins = np.flatnonzero(np.diff(numbers, prepend=-1.0))
    return _Minutes(numbers[begins], begins)


@remembered
def _rolled(track: Track, column: str, is_increase: bool) -> _Rolled | None:
    """Kept with the track: a replay condenses the same past again at each look. None without the column."""
    figures, begins = track.values.get(column), _minutes(track).begins
    if figures is None:
        return None
    known = ~np.isnan(figures)
    weights = np.where(known, track.spans if is_increase else 1.0, 0.0)
    return _Rolled(
        np.add.reduceat(np.where(known, figures, 0.0), begins),
        np.add.reduceat(weights, begins),
        np.fmin.reduceat(figures, begins),
        np.fmax.reduceat(figures, begins),
    )


def _rate(sums: Array, weights: Array, begins: NDArray[np.intp]) -> Array:
    """The sums over their weights, for each cell; NaN where nothing is known."""
    part, whole = np.add.reduceat(sums, begins), np.add.reduceat(weights, begins)
    rates: Array = np.divide(part, whole, out=np.full(part.size, np.nan), where=whole > 0)
    return rates
