"""Descriptors of a process and of a kernel: how near to the limit, for what, and what no open connection explains."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from advisor.features import stats
from advisor.features.machine import Machine
from advisor.features.process import MINUTE, Process
from advisor.features.snapshot import Snapshot
from advisor.features.window import Happening, Track
from advisor.vocabulary.events import EXITED

OF_KERNEL: Final = "ENFILE"
"""Code of the error at the limit of a kernel, whatever a process may open."""

NO_DESCRIPTOR: Final = ("EMFILE", OF_KERNEL)
"""Codes of errors for want of a descriptor: at the limit of the process, and of its kernel."""

FULL: Final = 0.98
"""Share of its descriptors with which a process gets no more: libuv keeps some, and a look seldom meets the last."""

RECENT: Final = 3600.0
"""Seconds for which an end for want of a descriptor counts: at the next peak there would be another."""

REST: Final = "fd_rest"
"""Name of the column that `with_rest` adds."""


@dataclass(frozen=True, slots=True)
class Descriptors:
    """Open descriptors below the limit of one process; NaN where it is not known.

    `mean` is that of the whole span: connections come and go at random, and the least of many moments says little of
    the most. `lowest_now` is the least of the last minute; `connections` are those that somebody at the other end
    holds; `full` is in how many whole (scaled) minutes a look met it with (nearly) all open.
    """

    open: float
    limit: float
    mean: float
    lowest_now: float
    connections: float
    full: int = 0

    @property
    def share(self) -> float:
        """Of the limit, 0 to 1."""
        return self.open / self.limit

    @property
    def connected(self) -> float:
        """The share of the open ones that are connections from outside, 0 to 1; NaN where nobody counts them."""
        share = self.connections / self.open if self.open > 0 else math.nan
        return 1.0 if share > 1 else share


def descriptors_of(process: Process, seconds: float, now: float = 60.0) -> Descriptors:
    """The descriptors of a process over the last (scaled) seconds, and over the last `now` of them."""
    span, last = process.span(seconds), process.span(now)
    every, _ = stats.known(process.track, "fd_open", span)
    recent, _ = stats.known(process.track, "fd_open", last)
    limit = stats.latest(process.track, "fd_limit", span)
    most = stats.peaks(process.track, "fd_open", span, MINUTE / process.time_scale)
    return Descriptors(
        open=float(recent[-1]) if recent.size else math.nan,
        limit=limit if limit > 0 else math.nan,
        mean=float(every.mean()) if every.size else math.nan,
        lowest_now=float(recent.min()) if recent.size else math.nan,
        connections=stats.highest([stats.latest(process.track, name, last) for name in ("connections", "websockets")]),
        full=sum(one >= FULL * limit > 0 for one in most),
    )


def fullest(processes: Iterable[Process], seconds: float) -> Process | None:
    """The process that is at its limit most often, or else nearest to it; None where none tells both."""
    found = [(process, descriptors_of(process, seconds)) for process in processes]
    known = [(process, told) for process, told in found if not math.isnan(told.share)]
    return max(known, key=lambda one: (one[1].full, one[1].share), default=(None, None))[0]


@dataclass(frozen=True, slots=True)
class Table:
    """What a kernel has open for all programs of a machine, and how much it may have open."""

    machine: Machine
    open: float
    limit: float

    @property
    def share(self) -> float:
        """Of the limit, 0 to 1."""
        return self.open / self.limit


def fullest_table(machines: Iterable[Machine], seconds: float = 60.0) -> Table | None:
    """The kernel that is nearest to its limit over the last (scaled) seconds; None where none tells both."""
    tables = (
        Table(machine, *(stats.latest(machine.track, name, machine.span(seconds)) for name in ("fd_open", "fd_limit")))
        for machine in machines
    )
    return max((one for one in tables if one.limit > 0 and one.open >= 0), key=lambda one: one.share, default=None)


def ended_without(snapshot: Snapshot, seconds: float) -> tuple[Happening, ...]:
    """Ends of processes that got no descriptor; the probe tells the error's code behind its type."""
    ended = snapshot.happened(EXITED.name, seconds)
    return tuple(event for event in ended if event.exception.endswith(NO_DESCRIPTOR))


def ended_at_kernel(snapshot: Snapshot, seconds: float) -> tuple[Happening, ...]:
    """Those of them that ended because the table of their kernel was full."""
    return tuple(event for event in ended_without(snapshot, seconds) if event.exception.endswith(OF_KERNEL))


def machines_of(snapshot: Snapshot, told: Iterable[Happening]) -> tuple[Machine, ...]:
    """The machines of the processes that tell of these; all where none of them is known."""
    tellers = {event.instance_id for event in told}
    hosts = {one.host_id for one in snapshot.window.instances if one.id in tellers}
    return tuple(machine for machine in snapshot.machines if machine.id in hosts) or snapshot.machines


def with_rest(track: Track) -> Track:
    """The same rows with the descriptors that no inbound connection explains; unchanged where none are reported.

    WebSockets are inbound connections too, so the greater of both counts is taken off, not their sum.
    """
    counts = [track.values[name] for name in ("connections", "websockets") if name in track.values]
    if not counts or "fd_open" not in track.values:
        return track
    held = np.nanmax(np.vstack([np.nan_to_num(count) for count in counts]), axis=0)
    return replace(track, values={**track.values, REST: track.values["fd_open"] - held})
