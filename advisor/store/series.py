"""Gives the figures of a service or a host over time, thinned for charts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.window import Array
from advisor.fleet.models import Host
from advisor.store.curves import curves, draw, percentiles
from advisor.store.fetch import Condition, among, during, select, within
from advisor.store.lines import HOST_LINES, LOOP_BUSY, PROCESS_LINES, Curve, Members, needed
from advisor.store.machine_lines import MACHINE_LINES, PART_LINES, SPACE_LINES
from advisor.store.members import Member, members
from advisor.store.resample import Raster
from advisor.store.stretches import Stretches, continued, of_rollups, of_samples
from advisor.store.tables import HOST, HOURS, MINUTES, PART, PROCESS, Table
from advisor.vocabulary import PartKind

RAW_SECONDS = 3600.0
"""Up to this length a chart is drawn from the samples themselves, beyond it from the rollups."""

_OVERHANG = 60.0
"""Seconds after the end in which a sample may arrive that still speaks for the time before it."""


@dataclass(frozen=True, slots=True)
class LoopSeries:
    """How busy the event loop of one process was: a row of the heat map. Shares of 0 to 1, NaN in gaps."""

    instance_id: int
    host_id: int | None
    host: str
    pid: int
    busy: Array


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """A service or a host over time.

    Attributes:
        step: seconds that one point stands for.
        times: Unix seconds, the middle of each step, shape (n,).
        curves: name of a line, or `p50`, `p95` or `p99` (seconds) -> its curve; a line of which nothing is known
            is left out.
        loops: a service's processes that report an event loop, by host and id.
    """

    step: float
    times: Array
    curves: Mapping[str, Curve]
    loops: tuple[LoopSeries, ...]


def series(service_id: int, start: float, end: float, points: int = 400, extremes: Collection[str] = ()) -> TimeSeries:
    """A service from `start` to `end` (Unix seconds), at most `points` points a line, by five queries.

    The lines that `extremes` names have their smallest and greatest too. Steps lie on multiples of their length, so
    that a span that moves on keeps its points. Percentiles are those of all requests of a step, over all processes.
    """
    raster, read = _reader(start, end, points)
    rows = read(PROCESS, [service_id], needed(PROCESS_LINES, extremes))
    found = members(among("id", [key[1] for key in rows.keys]))
    host_ids = {one.host_id for one in found if one.host_id is not None}
    machines: dict[int, str] = dict(select(Host._meta.db_table, ("id", "name"), among("id", host_ids)))
    hosts = read(HOST, machines, needed(HOST_LINES, extremes))
    disks = read(PART, machines, needed(SPACE_LINES, extremes), PartKind.DISK)
    if not rows.keys:
        return TimeSeries(raster.step, raster.times, {}, ())
    together = Members(rows, raster)
    found_curves = {
        **percentiles(rows, raster),
        **draw(PROCESS_LINES, together, extremes),
        **curves(HOST_LINES, hosts, raster, extremes),
        **curves(SPACE_LINES, disks, raster, extremes),
    }
    return TimeSeries(raster.step, raster.times, found_curves, _loops(found, machines, together))


def host_series(
    host_id: int, start: float, end: float, points: int = 400, extremes: Collection[str] = ()
) -> TimeSeries:
    """A host from `start` to `end` (Unix seconds), as `series`, by a query a kind of rows."""
    raster, read = _reader(start, end, points)
    drawn = curves(MACHINE_LINES, read(HOST, [host_id], needed(MACHINE_LINES, extremes)), raster, extremes)
    for kind, lines in PART_LINES.items():
        drawn |= curves(lines, read(PART, [host_id], needed(lines, extremes), kind), raster, extremes)
    return TimeSeries(raster.step, raster.times, drawn, ())


_Read = Callable[..., Stretches]
"""From a table, its owners, the columns and, for parts, their kind."""


def _reader(start: float, end: float, points: int) -> tuple[Raster, _Read]:
    """The cells of a span, and what reads the rows that speak for them."""
    is_short = end - start <= RAW_SECONDS
    raster = Raster.over(start, end, points, finest=1.0 if is_short else 60.0)

    def read(table: Table, owners: Collection[int], names: Mapping[str, bool], *kinds: PartKind) -> Stretches:
        if is_short:
            first, last = float(raster.edges[0]), float(raster.edges[-1]) + _OVERHANG
            return of_samples(table, names, _of_kinds(within(table.owner, owners, first, last), kinds))
        rolled = _of_hours if raster.step >= HOURS else _of_minutes
        return rolled(table, _of_kinds(among(table.owner, owners), kinds), names, raster)

    return raster, read


def _of_kinds(where: Condition, kinds: Sequence[PartKind]) -> Condition:
    return where & among("kind", [kind.value for kind in kinds]) if kinds else where


def _of_minutes(table: Table, owner: Condition, names: Mapping[str, bool], raster: Raster) -> Stretches:
    time = during("minute", raster.edges[0] / MINUTES, raster.edges[-1] / MINUTES - 1)
    return of_rollups(table, table.minutes, names, owner & time)


def _of_hours(table: Table, owner: Condition, names: Mapping[str, bool], raster: Raster) -> Stretches:
    """From hours, and from minutes before the first and after the last of them: where there are none (yet)."""
    start, stop = raster.edges[0], raster.edges[-1]
    hours = of_rollups(table, table.hours, names, owner & during("hour", start / HOURS, stop / HOURS - 1))
    begin, end = hours.begins.min(initial=stop), hours.ends.max(initial=start) if hours.keys else stop
    before, after = (
        of_rollups(table, table.minutes, names, owner & during("minute", since / MINUTES, until / MINUTES - 1))
        for since, until in ((start, begin), (end, stop))
    )
    return continued([before, hours, after])


def _loops(found: Iterable[Member], hosts: Mapping[int, str], together: Members) -> tuple[LoopSeries, ...]:
    rows, known = [], {one.id: one for one in found}
    for (_, instance_id), shares in zip(together.stretches.keys, LOOP_BUSY.means(together), strict=True):
        if instance_id in known and not np.isnan(shares).all():
            host_id, pid = known[instance_id].host_id, known[instance_id].pid
            rows.append(LoopSeries(instance_id, host_id, hosts.get(host_id, "") if host_id else "", pid, shares))
    return tuple(sorted(rows, key=lambda row: (row.host, row.instance_id)))
