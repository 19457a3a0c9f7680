"""What each process and each route of a service does now, from the samples of the last minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from advisor.features.window import InstanceWindow, PartWindow, ServiceWindow
from advisor.pages import measured
from advisor.pages.whereabouts import Whereabouts
from advisor.vocabulary import PartKind, Role


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One process. Ratios of 0 to 1, seconds, bytes, per second; None where not known."""

    host: str
    pid: int
    role: str
    where: Whereabouts
    loop_busy: float | None
    p95: float | None
    request_rate: float | None
    cores: float | None
    memory: float | None
    heap: float | None
    heap_limit: float | None
    descriptors: float | None
    descriptor_limit: float | None
    restarts: float | None


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One route over all processes; figures are per second. `share` is its part of all time spent in requests."""

    name: str
    request_rate: float
    p95: float | None
    errors: float
    client_errors: float
    aborted: float
    share: float


def host_names(window: ServiceWindow) -> Mapping[int, str]:
    """The names of a service's hosts by their ids."""
    return {host.id: host.name for host in window.hosts}


def process_rows(window: ServiceWindow, where: Mapping[int, Whereabouts]) -> list[ProcessRow]:
    """The processes, the busiest loop first; `where` tells of instances, by id, what containers they run in."""
    hosts, nowhere = host_names(window), Whereabouts()
    rows = [
        _process(instance, hosts.get(instance.host_id or 0, "not known"), where.get(instance.id, nowhere))
        for instance in window.instances
    ]
    return sorted(rows, key=lambda row: (-(row.loop_busy or 0.0), row.host, row.pid))


def route_rows(window: ServiceWindow) -> list[RouteRow]:
    """The routes, the one that most time is spent in first."""
    found = measured.parts(window, PartKind.ROUTE)
    spent = {key: sum(measured.total(part.track, "duration") or 0.0 for part in parts) for key, parts in found.items()}
    everything = sum(spent.values()) or 1.0
    rows = [_route(key[1], parts, spent[key] / everything, window) for key, parts in found.items()]
    return sorted(rows, key=lambda row: -row.share)


def role(instance: InstanceWindow) -> str:
    """What a process is in its cluster: `primary`, `worker 3`; nothing where it stands alone."""
    if instance.role == Role.WORKER and instance.worker is not None:
        return f"worker {instance.worker}"
    return "" if instance.role == Role.SINGLE else instance.role


def _process(instance: InstanceWindow, host: str, where: Whereabouts) -> ProcessRow:
    track = instance.track
    user, system = measured.rate(track, "cpu_user"), measured.rate(track, "cpu_system")
    return ProcessRow(
        host=host,
        pid=instance.pid,
        role=role(instance),
        where=where,
        loop_busy=measured.busy(track),
        p95=measured.p95([track]),
        request_rate=measured.rate(track, "requests"),
        cores=None if user is None else user + (system or 0.0),
        memory=measured.last(track, "memory_rss"),
        heap=measured.last(track, "heap_used"),
        heap_limit=measured.last(track, "heap_limit"),
        descriptors=measured.last(track, "fd_open"),
        descriptor_limit=measured.last(track, "fd_limit"),
        restarts=measured.last(track, "restarts"),
    )


def _route(name: str, parts: list[PartWindow], share: float, window: ServiceWindow) -> RouteRow:
    def per_second(column: str) -> float:
        return sum(measured.total(part.track, column) or 0.0 for part in parts) / (window.end - window.start)

    return RouteRow(
        name=name,
        request_rate=per_second("count"),
        p95=measured.p95([part.track for part in parts]),
        errors=per_second("errors"),
        client_errors=per_second("client_errors"),
        aborted=per_second("aborted"),
        share=share,
    )
