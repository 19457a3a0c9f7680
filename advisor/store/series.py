"""Gives a service's figures over time, thinned for charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from advisor.features.window import Array
from advisor.fleet.models import Instance
from advisor.store.curves import curves, percentiles
from advisor.store.fetch import Row, among, during, microseconds
from advisor.store.lines import HOST_LINES, LOOP_BUSY, PROCESS_LINES, Curve, needed
from advisor.store.resample import Raster
from advisor.store.stretches import Stretches, of_minutes, of_samples
from advisor.store.tables import HOST, PROCESS, Table

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
class ServiceSeries:
    """A service over time.

    Attributes:
        step: seconds that one point stands for.
        times: Unix seconds, the middle of each step, shape (n,).
        curves: name of `PROCESS_LINES`, `HOST_LINES`, `p50`, `p95` or `p99` (seconds) -> its curve;
            a line of which nothing is known is left out.
        loops: the processes that report an event loop, by host and id.
    """

    step: float
    times: Array
    curves: Mapping[str, Curve]
    loops: tuple[LoopSeries, ...]


def series(service_id: int, start: float, end: float, points: int = 400) -> ServiceSeries:
    """A service from `start` to `end` (Unix seconds), at most `points` points a line, by three queries.

    Steps lie on multiples of their length, so that a span that moves on keeps its points. Percentiles
    are those of all requests of a step, over all processes.
    """
    read = _of_samples if end - start <= RAW_SECONDS else _of_minutes
    raster = Raster.over(start, end, points, finest=1.0 if read is _of_samples else 60.0)
    members = read(PROCESS, [service_id], needed(PROCESS_LINES), raster)
    found = {i.pk: i for i in Instance.objects.filter(pk__in=[key[1] for key in members]).select_related("host")}
    hosts = read(HOST, {i.host_id for i in found.values() if i.host_id is not None}, needed(HOST_LINES), raster)
    drawn = {
        **percentiles(members.values(), raster),
        **curves(PROCESS_LINES, members.values(), raster),
        **curves(HOST_LINES, hosts.values(), raster),
    }
    return ServiceSeries(raster.step, raster.times, drawn, _loops(members, found, raster))


def _of_samples(table: Table, owners: Iterable[int], names: tuple[str, ...], raster: Raster) -> dict[Row, Stretches]:
    time = microseconds(float(raster.edges[0]), float(raster.edges[-1]) + _OVERHANG)
    return of_samples(table, names, among(table.owner, owners) & time)


def _of_minutes(table: Table, owners: Iterable[int], names: tuple[str, ...], raster: Raster) -> dict[Row, Stretches]:
    time = during("minute", raster.edges[0] / 60, raster.edges[-1] / 60 - 1)
    return of_minutes(table, names, among(table.owner, owners) & time)


def _loops(members: Mapping[Row, Stretches], found: Mapping[int, Instance], raster: Raster) -> tuple[LoopSeries, ...]:
    rows = []
    for (_, instance_id), member in members.items():
        shares = LOOP_BUSY.mean(raster, member)
        if instance_id in found and not np.isnan(shares).all():
            one = found[instance_id]
            rows.append(LoopSeries(instance_id, one.host_id, one.host.name if one.host else "", one.pid, shares))
    return tuple(sorted(rows, key=lambda row: (row.host, row.instance_id)))
