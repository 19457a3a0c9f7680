"""What each process and each route of a service does now, from the samples of the last minute."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from advisor.features.histogram import Histogram
from advisor.features.window import InstanceWindow, PartWindow, ServiceWindow, Track
from advisor.vocabulary import PartKind

SECONDS = 60.0
"""The span that "now" means. SDKs send each 60 s, so a shorter one would often be empty."""


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One process. Ratios of 0 to 1, seconds, bytes, per second; None where not known."""

    host: str
    pid: int
    role: str
    loop_busy: float | None
    p95: float | None
    request_rate: float | None
    cores: float | None
    memory: float | None
    descriptors: float | None


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One route over all processes. `share` is its part of all time spent in requests."""

    name: str
    request_rate: float
    p95: float | None
    errors: float
    share: float


def process_rows(window: ServiceWindow) -> list[ProcessRow]:
    """The processes, the busiest loop first."""
    hosts = {host.id: host.name for host in window.hosts}
    rows = [_process(instance, hosts.get(instance.host_id or 0, "not known")) for instance in window.instances]
    return sorted(rows, key=lambda row: (-(row.loop_busy or 0.0), row.host, row.pid))


def route_rows(window: ServiceWindow) -> list[RouteRow]:
    """The routes, the one that most time is spent in first."""
    by_name: dict[str, list[PartWindow]] = defaultdict(list)
    for instance in window.instances:
        for part in instance.parts:
            if part.kind is PartKind.ROUTE:
                by_name[part.name].append(part)
    spent = {name: sum(_total(part.track, "duration") or 0.0 for part in parts) for name, parts in by_name.items()}
    everything = sum(spent.values()) or 1.0
    rows = [_route(name, parts, spent[name] / everything, window) for name, parts in by_name.items()]
    return sorted(rows, key=lambda row: -row.share)


def _process(instance: InstanceWindow, host: str) -> ProcessRow:
    track = instance.track
    user, system = _rate(track, "cpu_user"), _rate(track, "cpu_system")
    return ProcessRow(
        host=host,
        pid=instance.pid,
        role=instance.role,
        loop_busy=_busy(track),
        p95=_p95([track]),
        request_rate=_rate(track, "requests"),
        cores=None if user is None else user + (system or 0.0),
        memory=_last(track, "memory_rss"),
        descriptors=_last(track, "fd_open"),
    )


def _route(name: str, parts: list[PartWindow], share: float, window: ServiceWindow) -> RouteRow:
    seconds = window.end - window.start
    return RouteRow(
        name=name,
        request_rate=sum(_total(part.track, "count") or 0.0 for part in parts) / seconds,
        p95=_p95([part.track for part in parts]),
        errors=sum(_total(part.track, "errors") or 0.0 for part in parts) / seconds,
        share=share,
    )


def _busy(track: Track) -> float | None:
    active, idle = _total(track, "loop_active"), _total(track, "loop_idle")
    if active is not None and idle is not None and active + idle > 0:
        return active / (active + idle)
    values = track.values.get("loop_utilization")
    return None if values is None or np.isnan(values).all() else float(np.nanmean(values))


def _p95(tracks: Iterable[Track]) -> float | None:
    found = [histogram for track in tracks for histogram in track.latencies.values()]
    value = Histogram.merge(*found).quantile(0.95) if found else float("nan")
    return None if np.isnan(value) else value


def _total(track: Track, name: str) -> float | None:
    values = track.values.get(name)
    return None if values is None or np.isnan(values).all() else float(np.nansum(values))


def _rate(track: Track, name: str) -> float | None:
    """The increase per second of the rows that have a figure and say what span it covers."""
    values = track.values.get(name)
    if values is None:
        return None
    known = ~np.isnan(values) & (track.spans > 0)
    seconds = float(track.spans[known].sum())
    return float(values[known].sum()) / seconds if seconds > 0 else None


def _last(track: Track, name: str) -> float | None:
    values = track.values.get(name, np.empty(0))
    known = values[~np.isnan(values)]
    return float(known[-1]) if known.size else None
