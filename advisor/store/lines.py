"""The lines of a service's charts: what each takes from one process, and how processes add up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.window import Array
from advisor.store.resample import Raster, means, peaks
from advisor.store.stretches import Stretches

DEFAULT_RESOLUTION = 0.010
"""Seconds: the resolution of Node.js' `monitorEventLoopDelay`, which its figures include."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a chart; all arrays have one value a cell, NaN in gaps.

    `value` is the mean over the cell, `low` and `high` its smallest and greatest, so that thinning hides no spike.
    """

    value: Array
    low: Array
    high: Array


_Figure = Callable[[Stretches], Array]
_Fold = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Line:
    """How a line is made.

    Attributes:
        needs: the columns that it reads.
        fold: how the processes (or hosts) become one: shape (n, cells) to (cells,).
        middle: the figure of each stretch.
        low: its smallest, where the stretch knows more than the middle.
        high: its greatest.
    """

    needs: tuple[str, ...]
    fold: _Fold
    middle: _Figure
    low: _Figure
    high: _Figure

    def curve(self, raster: Raster, members: Sequence[Stretches]) -> Curve:
        """The line over all processes."""
        return Curve(
            self.fold(np.array([self.mean(raster, each) for each in members])),
            self.fold(np.array([-peaks(raster, each.begins, each.ends, -self.low(each)) for each in members])),
            self.fold(np.array([peaks(raster, each.begins, each.ends, self.high(each)) for each in members])),
        )

    def mean(self, raster: Raster, member: Stretches) -> Array:
        """The line of one process."""
        return means(raster, member.begins, member.ends, self.middle(member))


def _sum(rows: Array) -> Array:
    return np.where(np.isnan(rows).all(axis=0), np.nan, np.nansum(rows, axis=0))


def _greatest(rows: Array) -> Array:
    greatest: Array = np.fmax.reduce(rows, axis=0)
    return greatest


def _plain(fold: _Fold, name: str) -> Line:
    """One column."""
    return Line(
        (name,), fold, lambda each: each.middle(name), lambda each: each.low(name), lambda each: each.high(name)
    )


def _total(fold: _Fold, *names: str) -> Line:
    """The sum of what is known of some columns."""
    return _same(names, fold, lambda each: _sum(np.array([each.middle(name) for name in names])))


def _same(needs: tuple[str, ...], fold: _Fold, figure: _Figure) -> Line:
    return Line(needs, fold, figure, figure, figure)


def busy(each: Stretches) -> Array:
    """The share of time that the event loop was busy, from its times, else from the gauge."""
    active, idle = each.middle("loop_active"), each.middle("loop_idle")
    with np.errstate(invalid="ignore", divide="ignore"):
        share: Array = active / (active + idle)
    return np.where(np.isnan(share), each.middle("loop_utilization"), share)


def _delay(each: Stretches) -> Array:
    resolution = each.middle("loop_resolution")
    longest = each.high("loop_delay_max") - np.where(np.isnan(resolution), DEFAULT_RESOLUTION, resolution)
    return np.maximum(longest, 0.0)


def _used_of_host(each: Stretches) -> Array:
    modes = ("cpu_user", "cpu_system", "cpu_iowait", "cpu_steal", "cpu_idle")
    total = _sum(np.array([each.middle(name) for name in modes]))
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1.0 - each.middle("cpu_idle") / total


def _cores(each: Stretches) -> Array:
    effective = each.middle("cpu_effective")
    return np.where(np.isnan(effective), each.middle("cpu_count"), effective)


def _throttled(each: Stretches) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        share: Array = each.middle("cgroup_throttled") / each.middle("cgroup_periods")
    return share


LOOP_BUSY = Line(
    ("loop_active", "loop_idle", "loop_utilization"),
    _greatest,
    busy,
    lambda each: np.fmin(busy(each), each.low("loop_utilization")),
    lambda each: np.fmax(busy(each), each.high("loop_utilization")),
)

PROCESS_LINES: dict[str, Line] = {
    "requests": _plain(_sum, "requests"),
    "errors": _plain(_sum, "request_errors"),
    "requests_aborted": _plain(_sum, "requests_aborted"),
    "requests_active": _plain(_sum, "requests_active"),
    "loop_busy": LOOP_BUSY,
    "loop_delay": _same(("loop_delay_max", "loop_resolution"), _greatest, _delay),
    "loop_blocked": _plain(_greatest, "loop_blocked"),
    "gc_share": _total(_greatest, "gc_major", "gc_minor", "gc_other"),
    "gc_major": _plain(_greatest, "gc_major"),
    "gc_minor": _plain(_greatest, "gc_minor"),
    "gc_pause_max": _plain(_greatest, "gc_pause_max"),
    "gc_minor_max": _plain(_greatest, "gc_minor_max"),
    "cpu_cores": _total(_sum, "cpu_user", "cpu_system"),
    "heap_used": _plain(_greatest, "heap_used"),
    "heap_floor": _plain(_greatest, "heap_floor"),
    "heap_limit": _plain(_greatest, "heap_limit"),
    "memory_rss": _plain(_sum, "memory_rss"),
    "external_memory": _plain(_sum, "external_memory"),
    "fd_open": _plain(_greatest, "fd_open"),
    "fd_limit": _plain(_greatest, "fd_limit"),
    "fd_sockets": _plain(_greatest, "fd_sockets"),
    "fd_files": _plain(_greatest, "fd_files"),
    "websockets": _plain(_sum, "websockets"),
    "websocket_received": _plain(_sum, "websocket_received"),
    "websocket_sent": _plain(_sum, "websocket_sent"),
    "threadpool_wait": _plain(_greatest, "threadpool_wait"),
    "worker_threads": _plain(_sum, "worker_threads"),
    "unhandled_errors": _same(("unhandled_errors",), _sum, lambda each: 60.0 * each.middle("unhandled_errors")),
    "connections": _plain(_sum, "connections"),
    "accept_queue": _plain(_greatest, "accept_queue"),
    "cpu_wait": _plain(_greatest, "cpu_wait"),
    "throttled": _same(("cgroup_throttled", "cgroup_periods"), _greatest, _throttled),
    "cgroup_memory_usage": _plain(_greatest, "cgroup_memory_usage"),
    "cgroup_memory_limit": _plain(_greatest, "cgroup_memory_limit"),
    "disk_read": _plain(_sum, "disk_read"),
    "disk_written": _plain(_sum, "disk_written"),
}
"""From the rows of the processes: totals per second, cores and bytes; of the busiest process where shares are.

The longest wait or pause of all counts, and errors that nobody caught are per minute.
"""

HOST_LINES: dict[str, Line] = {
    "cores_effective": _same(("cpu_effective", "cpu_count"), _sum, _cores),
    "host_busy": _same(("cpu_user", "cpu_system", "cpu_iowait", "cpu_steal", "cpu_idle"), _greatest, _used_of_host),
}
"""From the rows of the hosts."""


def needed(lines: dict[str, Line]) -> tuple[str, ...]:
    """All columns that some lines read, each once."""
    return tuple(dict.fromkeys(name for line in lines.values() for name in line.needs))
