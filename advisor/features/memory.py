"""How much memory a process may still take, and which limit it meets first."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from advisor.features import stats
from advisor.features.machine import Machine
from advisor.features.memo import remembered
from advisor.features.process import MINUTE, Process
from advisor.features.sums import Span
from advisor.features.window import Array

FULL: Final = 0.95
"""Share of a group's limit from which one more large request ends the process (judgement)."""


class Bound(StrEnum):
    """What sets a limit."""

    GROUP = "control group"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory in use below one limit, in bytes; NaN where it is not known.

    `used` is what cannot be given back at once; `lowest` and `lowest_now` are the least of it over the whole
    span and over its last minute: a level counts when all of the time was above it. `full` is in how many whole
    (scaled) minutes a look met the process itself with (nearly) all that its group allows, without any cache of files.
    """

    bound: Bound
    limit: float
    used: float
    lowest: float
    lowest_now: float
    full: int = 0

    @property
    def share(self) -> float:
        """Of the limit, 0 to 1."""
        return self.used / self.limit if self.limit > 0 else math.nan

    @property
    def room(self) -> float:
        """Bytes to the limit."""
        return self.limit - self.used

    def held(self, level: float) -> bool:
        """True if at least this share was in use over the whole span."""
        return self.lowest >= level * self.limit

    def held_now(self, level: float) -> bool:
        """The same over the last minute."""
        return self.lowest_now >= level * self.limit


def memory_of(process: Process, machine: Machine | None, seconds: float, now: float = 60.0) -> Memory:
    """What binds a process: its control group's limit where that is below the machine's memory, else the machine."""
    span, last = process.span(seconds), process.span(now)
    limit = stats.latest(process.track, "cgroup_memory_limit", span)
    whole = math.nan if machine is None else stats.latest(machine.track, "memory_limit", machine.span(seconds))
    if limit > 0 and not limit >= whole:
        found = _below(Bound.GROUP, limit, *(_used(process, part) for part in (span, last)))
        return replace(found, full=_full(process, span, FULL * limit))
    if machine is None:
        return _below(Bound.HOST, math.nan, np.empty(0), np.empty(0))
    parts = machine.span(seconds), machine.span(now)
    taken = (whole - stats.known(machine.track, "memory_available", part)[0] for part in parts)
    return _below(Bound.HOST, whole, *taken)


def _used(process: Process, span: Span) -> Array:
    """What the group uses, else what the process has: less than the group's, so never too much."""
    told, _ = stats.known(process.track, "cgroup_memory_usage", span)
    return told if told.size else stats.known(process.track, "memory_rss", span)[0]


@remembered
def _full(process: Process, span: Span, level: float) -> int:
    """Minutes in which both the process and its group held so much: pages that processes share count with each."""
    told = [process.track.values.get(name) for name in ("memory_rss", "cgroup_memory_usage")]
    held = [figures for figures in told if figures is not None]
    if len(held) < len(told):
        return 0
    track = replace(process.track, values={"held": np.minimum(*held)})
    return sum(peak >= level for peak in stats.peaks(track, "held", span, MINUTE / process.time_scale))


def _below(bound: Bound, limit: float, used: Array, used_now: Array) -> Memory:
    if not used.size or not used_now.size or not limit > 0:
        return Memory(bound, math.nan, math.nan, math.nan, math.nan)
    return Memory(bound, limit, float(used_now.mean()), float(used.min()), float(used_now.min()))


def swaps(process: Process, machine: Machine, seconds: float) -> float:
    """Pages a second that come back from swap in every (scaled) minute, while the process waits for a disk; else 0."""
    minutes = machine.span(seconds).split(MINUTE / machine.time_scale)
    rates = [stats.rate(machine.track, "swapped_in", minute) for minute in minutes]
    known = [rate for rate in rates if not math.isnan(rate)]
    waits = stats.rate(process.track, "faults_major", process.span(seconds))
    return min(known, default=math.nan) if waits > 0 or not known else 0.0
