"""The signals of one process: how busy its event loop is, with what, and what blocks it.

Definitions: decision model 1.1. All `seconds` that methods take are those of the decision model; the
time scale divides them. A figure that is not known is NaN.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from advisor.features import stats
from advisor.features.delays import share_by_mean, share_by_spread
from advisor.features.histogram import Histogram
from advisor.features.memo import kept, remembered
from advisor.features.sums import Span, Sums, sums, sums_of_pieces
from advisor.features.window import Array, InstanceWindow, Track

WARM_UP: Final = 120.0
"""Seconds after its start in which a process is not judged: compiling and filling caches look like load."""

DEFAULT_RESOLUTION: Final = 0.010
"""Seconds that the delay timer adds where its resolution is not reported (the default of perf_hooks)."""

SAMPLE: Final = 10.0
"""Seconds of one sample, the unit in which variation is measured."""

SHORTEST: Final = 2.0
"""Seconds of the clock that a sample lasts at least: requests come at random, so those of one second say little."""

MINUTE: Final = 60.0

OF_LOOP: Final = ("loop_active", "loop_idle", "loop_utilization")
OF_CPU: Final = ("cpu_main", "cpu_user", "cpu_system")
"""The columns that tell how busy a loop is, and how much its process computes."""

_COLLECTIONS: Final = ("gc_major", "gc_minor", "gc_other")
OF_COLLECTIONS: Final = (*_COLLECTIONS, "loop_active", "loop_utilization", "loop_delay_max")
"""The columns that tell collections, and those by which their sender is known to tell of others as well."""


def loop_busy(track: Track, span: Span) -> float:
    """The share of the span that a loop was active: from its times, else from the reported share."""
    return busy_of(sums(track, span))


def busy_of(found: Sums) -> float:
    """The same from what the columns of the loop add up to."""
    active, idle = found.total("loop_active"), found.total("loop_idle")
    if active + idle > 0:
        return active / (active + idle)
    reported = found.level("loop_utilization")
    return reported if math.isnan(reported) else min(1.0, max(0.0, reported))


def _cpu_of(found: Sums) -> float:
    return found.rate("cpu_user") + found.rate("cpu_system")


def cpu_main_of(found: Sums) -> float:
    """The share of the main thread; without its own figure that of the process, at most 1."""
    own = found.rate("cpu_main")
    return min(_cpu_of(found), 1.0) if math.isnan(own) else own


def collecting(found: Sums) -> float:
    """The share of time in garbage collection, from what those columns add up to; 0 where none is told."""
    return stats.known_sum([0.0, *map(found.total, _COLLECTIONS)]) / max(1e-9, found.covered(OF_COLLECTIONS))


def resolution_of(told: float) -> float:
    """Seconds that the delay timer adds: what it tells, else its default."""
    return DEFAULT_RESOLUTION if math.isnan(told) else told


@dataclass(frozen=True)
class Process:
    """One process that serves, as it was at `now`: its newest row, so that a late sender loses nothing."""

    instance: InstanceWindow
    began: float
    now: float
    time_scale: float

    @kept
    def track(self) -> Track:
        """Its rows."""
        return self.instance.track

    @property
    def name(self) -> str:
        """What people call it."""
        return f"process {self.instance.pid}"

    @remembered
    def span(self, seconds: float) -> Span:
        """The last (scaled) seconds, without the time in which the process warmed up."""
        return Span(max(self.began, self.now - seconds / self.time_scale), self.now)

    def history(self, seconds: float) -> float:
        """The share of the span that it has lived through since it was warm, 0 to 1."""
        return min(1.0, self.span(seconds).length * self.time_scale / seconds)

    @property
    def measures_loop(self) -> bool:
        """True if the loop itself is reported, not only the CPU time of its thread."""
        return "loop_active" in self.track.values or "loop_utilization" in self.track.values

    @property
    def serves(self) -> bool:
        """True if it reports from inside or listens on a port."""
        listening = self.track.values.get("listening")
        return self.measures_loop or (listening is not None and float(np.nanmax(listening, initial=0.0)) > 0)

    @remembered
    def elu(self, seconds: float) -> float:
        """Event loop utilization as measured, 0 to 1."""
        return busy_of(self.sums(seconds))

    @remembered
    def cpu(self, seconds: float) -> float:
        """Cores that the whole process keeps at work; more than 1 with worker threads."""
        return _cpu_of(self.sums(seconds))

    @remembered
    def sums(self, seconds: float) -> Sums:
        """What its rows add up to."""
        return sums(self.track, self.span(seconds))

    @property
    def measures_main_thread(self) -> bool:
        """True if CPU time of the main thread is known apart from the rest of the process."""
        return "cpu_main" in self.track.values

    @remembered
    def cpu_main(self, seconds: float) -> float:
        """Share of a core that the main thread uses; without its own figure, the process's, at most 1."""
        return cpu_main_of(self.sums(seconds))

    def loop(self, seconds: float) -> float:
        """Utilization as measured, else the main thread's CPU share, which it can hardly be below."""
        measured = self.elu(seconds)
        return measured if not math.isnan(measured) else self.cpu_main(seconds)

    def gap(self, seconds: float) -> float:
        """Share of time that the loop is busy without computing: kept from the CPU, or in synchronous I/O."""
        return self.elu(seconds) - self.cpu_main(seconds)

    @remembered
    def loop_series(self, seconds: float) -> list[float]:
        """`loop` in consecutive samples of 10 (scaled) seconds or a little more, those without data left out."""
        columns, share = (OF_LOOP, busy_of) if self.measures_loop else (OF_CPU, cpu_main_of)
        width = max(SAMPLE / self.time_scale, SHORTEST)
        busy = map(share, sums_of_pieces(self.track, columns, self.span(seconds), width))
        return [share for share in busy if not math.isnan(share)]

    @remembered
    def coverage(self, seconds: float) -> float:
        """The share of expected points about the loop (or, without a probe, the CPU) that came."""
        most, span = 0.0, self.span(seconds)
        for column in ("loop_active", "loop_utilization", "cpu_main", "cpu_user"):
            if most < 1:
                most = max(most, stats.coverage(self.track, column, span))
        return most

    @remembered
    def blocks(self, span: Span) -> Array:
        """The longest block in each row of the span, in seconds, the timer's resolution taken off."""
        longest, _ = stats.known(self.track, "loop_delay_max", span)
        return np.maximum(0.0, longest - resolution_of(stats.latest(self.track, "loop_resolution", span)))

    @remembered
    def blocked_minutes(self, seconds: float) -> list[float]:
        """The longest block of each whole (scaled) minute that has data, oldest first."""
        span, minute = self.span(seconds), MINUTE / self.time_scale
        longest = stats.peaks(self.track, "loop_delay_max", span, minute)
        added = map(resolution_of, stats.latests(self.track, "loop_resolution", span, minute))
        return [max(0.0, most - least) for most, least in zip(longest, added, strict=True) if not math.isnan(most)]

    @remembered
    def blocked_share(self, seconds: float) -> float:
        """Share of time lost to delays over the timer's resolution.

        Without `loop_blocked` it is a lower bound: one block of the longest delay in each row, what the mean delay
        has above the median, or what the delays spread. Never more than the loop was busy: late timers of an idle
        loop are delays too, but hold nobody up.
        """
        span = self.span(seconds)
        share = self.sums(seconds).rate("loop_blocked")
        if math.isnan(share):
            _, covered = stats.known(self.track, "loop_delay_max", span)
            least = float(self.blocks(span).sum() / covered.sum()) if covered.sum() > 0 else math.nan
            added = resolution_of(stats.latest(self.track, "loop_resolution", span))
            spread = share_by_spread(self.track, span, added)
            share = stats.highest([least, share_by_mean(self.track, span), spread])
        busy = self.elu(seconds)
        return share if math.isnan(busy) else min(share, busy)

    @remembered
    def gc_share(self, seconds: float) -> float:
        """Share of time in garbage collection; 0 where a probe reports none.

        A sample without a collection has no figure, so the time is that of all samples from inside the process.
        """
        return collecting(self.sums(seconds))

    @remembered
    def gc_pause(self, seconds: float) -> float:
        """The longest garbage collection in seconds; 0 where none is reported."""
        pause = stats.peak(self.track, "gc_pause_max", self.span(seconds))
        return 0.0 if math.isnan(pause) else pause

    def memory(self, seconds: float) -> float:
        """Resident memory in bytes."""
        return self.sums(seconds).level("memory_rss")

    @remembered
    def requests(self, seconds: float) -> float:
        """Requests answered per second."""
        return self.sums(seconds).rate("requests")

    def websockets(self, seconds: float) -> float:
        """Upgraded sockets open; 0 where none are reported."""
        count = stats.latest(self.track, "websockets", self.span(seconds))
        return 0.0 if math.isnan(count) else count

    @remembered
    def latency(self, seconds: float) -> Histogram:
        """The durations of its requests."""
        return stats.merged(self.track, self.span(seconds))
