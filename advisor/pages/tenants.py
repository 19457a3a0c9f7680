"""The Node.js processes on a host, whatever their services, in the last minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advisor.features.window import InstanceWindow
from advisor.fleet.models import Instance, Service
from advisor.pages import measured, processes


@dataclass(frozen=True, slots=True)
class TenantRow:
    """One process, and the service that it belongs to. Ratios of 0 to 1, cores, bytes; None where not known."""

    service: Service
    pid: int
    role: str
    loop_busy: float | None
    cores: float | None
    memory: float | None
    descriptors: float | None
    descriptor_limit: float | None


def tenant_rows(instances: Sequence[InstanceWindow]) -> list[TenantRow]:
    """The processes, the one that uses most processor time first."""
    known = Instance.objects.select_related("service").in_bulk([instance.id for instance in instances])
    rows = [_row(instance, known) for instance in instances if instance.id in known]
    return sorted(rows, key=lambda row: (-(row.cores or 0.0), row.service.name, row.pid))


def _row(instance: InstanceWindow, known: Mapping[int, Instance]) -> TenantRow:
    track = instance.track
    return TenantRow(
        service=known[instance.id].service,
        pid=instance.pid,
        role=processes.role(instance),
        loop_busy=measured.busy(track),
        cores=measured.known_sum(measured.rate(track, mode) for mode in ("cpu_user", "cpu_system")),
        memory=measured.last(track, "memory_rss"),
        descriptors=measured.last(track, "fd_open"),
        descriptor_limit=measured.last(track, "fd_limit"),
    )
