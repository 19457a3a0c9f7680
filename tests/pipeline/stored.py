"""Built windows as rows in the store, so that the whole flow runs on them."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from django.db import transaction

from advisor.features.window import ServiceWindow, Track
from advisor.fleet.models import Host, Instance, Service
from advisor.store import samples
from advisor.store.rows import HostRow, PartRow, ProcessRow, Rows
from tests import builders

NOW = datetime.fromtimestamp(builders.NOW, UTC)
SCALE = 5.0
FULL = builders.Load(elu=0.89, cpu=0.86, rps=175.0, latency=0.03)
IDLE = builders.Load(elu=0.1, cpu=0.1, rps=20.0, latency=0.006)


def built(load: builders.Load, name: str = "checkout", seconds: float = 240.0) -> ServiceWindow:
    """One process under this load up to `NOW`, reported each 2 s as in the demo."""
    return builders.service(load, name=name, seconds=seconds, senders=builders.Senders(interval=2.0))


def store(window: ServiceWindow, later: float = 0.0) -> Service:
    """Keep the window's rows, moved `later` seconds; makes the service, hosts and processes on first use."""
    seen = {"first_seen": NOW, "last_seen": NOW}
    service, _ = Service.objects.get_or_create(name=window.name, defaults={"serves": True, **seen})
    rows = Rows()
    hosts: dict[int | None, Host] = {}
    for found in window.hosts:
        hosts[found.id], _ = Host.objects.get_or_create(
            key=f"{window.name} {found.name}", name=found.name, defaults=seen
        )
        rows.hosts += [HostRow(hosts[found.id].pk, *row) for row in _rows(found.track, later)]
    for process in window.instances:
        instance, _ = Instance.objects.get_or_create(
            service=service,
            host=hosts[process.host_id],
            key=f"{window.name} {process.id}",
            defaults={"pid": process.pid, "started_at": process.started, **seen},
        )
        for place, row in enumerate(_rows(process.track, later)):
            latency = process.track.latencies.get(place)
            rows.processes.append(
                ProcessRow(service.pk, instance.pk, *row, latency=latency.encode() if latency else None)
            )
        for part in process.parts:
            rows.parts += [
                PartRow(service.pk, instance.pk, time, span, offset, part.kind, part.name, values)
                for time, span, offset, values in _rows(part.track, later)
            ]
    with transaction.atomic():
        samples.write(rows)
    return service


def _rows(track: Track, later: float) -> list[tuple[int, float, float, dict[str, float]]]:
    """(time in microseconds, span, clock offset, figures) of each row."""
    return [
        (
            round((float(time) + later) * 1e6),
            float(span),
            0.0,
            {name: float(column[row]) for name, column in track.values.items() if math.isfinite(column[row])},
        )
        for row, (time, span) in enumerate(zip(track.times, track.spans, strict=True))
    ]
