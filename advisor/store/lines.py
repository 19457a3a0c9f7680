"""The lines of a service's charts: what each takes from one process, and how processes add up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np

from advisor.features.window import Array
from advisor.store.resample import Raster, Tiling
from advisor.store.stretches import Stretches

DEFAULT_RESOLUTION = 0.010
"""Seconds: the resolution of Node.js' `monitorEventLoopDelay`, which its figures include."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a chart; all arrays have one value a cell, NaN in gaps.

    `value` is the mean over the cell, `low` and `high` its smallest and greatest, so that thinning hides no spike.
    Where nobody asked for these, they are the value as well.
    """

    value: Array
    low: Array
    high: Array


Figure = Callable[[Stretches], Array]
Fold = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Line:
    """How a line is made.

    Attributes:
        needs: the columns that it reads.
        fold: how the processes (or hosts) become one: shape (..., n, cells) to (..., cells).
        middle: the figure of each stretch.
        low: its smallest, where the stretch knows more than the middle.
        high: its greatest.
        bounds: those columns whose smallest and greatest the middle figure is made of.
    """

    needs: tuple[str, ...]
    fold: Fold
    middle: Figure
    low: Figure
    high: Figure
    bounds: tuple[str, ...] = ()

    def means(self, members: Members) -> Array:
        """The line of each process, shape (processes, cells)."""
        return members.tiling.means(self.middle(members.stretches))


class Members:
    """The processes (or hosts, or parts) that a chart draws as one, on the cells of a raster."""

    def __init__(self, stretches: Stretches, raster: Raster) -> None:
        self.stretches = stretches
        self.tiling = Tiling(raster, stretches.begins, stretches.ends, stretches.starts)


def added(rows: Array) -> Array:
    """The sum of what is known, over the last axis but one."""
    is_known = ~np.isnan(rows)
    sums: Array = np.add.reduce(np.where(is_known, rows, 0.0), axis=-2)
    return np.where(is_known.any(axis=-2), sums, np.nan)


def greatest(rows: Array) -> Array:
    """The greatest of what is known, over the last axis but one."""
    found: Array = np.fmax.reduce(rows, axis=-2)
    return found


def plain(fold: Fold, name: str, factor: float = 1.0) -> Line:
    """One column, times a factor."""

    def scaled(figure: Callable[[Stretches, str], Array]) -> Figure:
        return lambda each: factor * figure(each, name)

    return Line((name,), fold, scaled(Stretches.middle), scaled(Stretches.low), scaled(Stretches.high))


def total(fold: Fold, *names: str) -> Line:
    """The sum of what is known of some columns; where only their extremes are known, as if these had met."""

    def summed(figure: Callable[[Stretches, str], Array]) -> Figure:
        return lambda each: added(np.array([figure(each, name) for name in names]))

    return Line(names, fold, summed(Stretches.middle), summed(Stretches.low), summed(Stretches.high))


def same(needs: tuple[str, ...], fold: Fold, figure: Figure, bounds: tuple[str, ...] = ()) -> Line:
    """A figure that has no smallest and greatest of its own."""
    return Line(needs, fold, figure, figure, figure, bounds)


def busy(each: Stretches) -> Array:
    """The share of time that the event loop was busy, from its times, else from the gauge."""
    share = _part(each.middle("loop_active"), each.middle("loop_idle"))
    return np.where(np.isnan(share), each.middle("loop_utilization"), share)


def _part(one: Array, other: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Array = one / (one + other)
    return found


def _delay(each: Stretches) -> Array:
    resolution = each.middle("loop_resolution")
    longest = each.high("loop_delay_max") - np.where(np.isnan(resolution), DEFAULT_RESOLUTION, resolution)
    return np.maximum(longest, 0.0)


_MODES = ("cpu_user", "cpu_system", "cpu_iowait", "cpu_steal", "cpu_idle")


def used_of_host(each: Stretches) -> Array:
    """The share of a machine's processor time that was not idle."""
    return _used(each, each.middle("cpu_idle"))


def _used(each: Stretches, idle: Array) -> Array:
    everything = added(np.array([each.middle(name) for name in _MODES]))
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1.0 - idle / everything


def cores(each: Stretches) -> Array:
    """The processors that a machine may use: what its control group allows, else all."""
    effective = each.middle("cpu_effective")
    return np.where(np.isnan(effective), each.middle("cpu_count"), effective)


def ratio(fold: Fold, over: str, under: str) -> Line:
    """One column's part of another, at most all of it; at its extremes the other is taken at its mean."""

    def share(figure: Callable[[Stretches, str], Array]) -> Figure:
        def found(each: Stretches) -> Array:
            with np.errstate(invalid="ignore", divide="ignore"):
                part: Array = figure(each, over) / each.middle(under)
            return np.minimum(part, 1.0)

        return found

    return Line((over, under), fold, share(Stretches.middle), share(Stretches.low), share(Stretches.high))


LOOP_BUSY = Line(
    ("loop_active", "loop_idle", "loop_utilization"),
    greatest,
    busy,
    lambda each: np.fmin(_part(each.low("loop_active"), each.high("loop_idle")), each.low("loop_utilization")),
    lambda each: np.fmax(_part(each.high("loop_active"), each.low("loop_idle")), each.high("loop_utilization")),
)

PROCESS_LINES: dict[str, Line] = {
    "requests": plain(added, "requests"),
    "errors": plain(added, "request_errors"),
    "requests_aborted": plain(added, "requests_aborted"),
    "requests_active": plain(added, "requests_active"),
    "loop_busy": LOOP_BUSY,
    "loop_delay": same(("loop_delay_max", "loop_resolution"), greatest, _delay, ("loop_delay_max",)),
    "loop_blocked": plain(greatest, "loop_blocked"),
    "gc_share": total(greatest, "gc_major", "gc_minor", "gc_other"),
    "gc_major": plain(greatest, "gc_major"),
    "gc_minor": plain(greatest, "gc_minor"),
    "gc_pause_max": plain(greatest, "gc_pause_max"),
    "gc_minor_max": plain(greatest, "gc_minor_max"),
    "cpu_cores": total(added, "cpu_user", "cpu_system"),
    "heap_used": plain(greatest, "heap_used"),
    "heap_floor": plain(greatest, "heap_floor"),
    "heap_limit": plain(greatest, "heap_limit"),
    "memory_rss": plain(added, "memory_rss"),
    "external_memory": plain(added, "external_memory"),
    "fd_open": plain(greatest, "fd_open"),
    "fd_limit": plain(greatest, "fd_limit"),
    "fd_sockets": plain(greatest, "fd_sockets"),
    "fd_files": plain(greatest, "fd_files"),
    "websockets": plain(added, "websockets"),
    "websocket_received": plain(added, "websocket_received"),
    "websocket_sent": plain(added, "websocket_sent"),
    "threadpool_wait": plain(greatest, "threadpool_wait"),
    "worker_threads": plain(added, "worker_threads"),
    "unhandled_errors": plain(added, "unhandled_errors", 60.0),
    "connections": plain(added, "connections"),
    "accept_queue": plain(greatest, "accept_queue"),
    "cpu_wait": plain(greatest, "cpu_wait"),
    "throttled": ratio(greatest, "cgroup_throttled", "cgroup_periods"),
    "cgroup_memory_usage": plain(greatest, "cgroup_memory_usage"),
    "cgroup_memory_limit": plain(greatest, "cgroup_memory_limit"),
    "disk_read": plain(added, "disk_read"),
    "disk_written": plain(added, "disk_written"),
}
"""From the rows of the processes: totals per second, cores and bytes; of the busiest process where shares are.

The longest wait or pause of all counts, and errors that nobody caught are per minute.
"""

HOST_LINES: dict[str, Line] = {
    "cores_effective": same(("cpu_effective", "cpu_count"), added, cores),
    "host_busy": Line(
        _MODES,
        greatest,
        used_of_host,
        lambda each: np.maximum(_used(each, each.high("cpu_idle")), 0.0),
        lambda each: _used(each, each.low("cpu_idle")),
    ),
}
"""From the rows of the hosts."""


def needed(lines: Mapping[str, Line], extremes: Collection[str] = ()) -> dict[str, bool]:
    """All columns that some lines read, and whether with their extremes, which `extremes` asks of lines."""
    found: dict[str, bool] = {}
    for name, line in lines.items():
        is_wide = name in extremes and line.low is not line.middle
        for column in line.needs:
            found[column] = found.get(column, False) or is_wide or column in line.bounds
    return found
