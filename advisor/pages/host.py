"""One host: how it is, its charts, the Node.js processes on it, its disks, and what the agent costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from advisor.charts import registry
from advisor.charts.chart import Place
from advisor.features.window import HostWindow
from advisor.fleet.models import Host
from advisor.pages import agent_cost, datastores, measured, programs, storage, tenants, urgency, words
from advisor.pages.course import RANGES, chosen_range
from advisor.store import samples


@require_safe
def host(request: HttpRequest, number: int) -> HttpResponse:
    """The page of one host."""
    now = datetime.now(UTC)
    found = get_object_or_404(Host, pk=number)
    view = samples.host_view(found.pk, now.timestamp() - measured.SECONDS, now.timestamp())
    machine = view.host
    charts, filesystems = registry.at(Place.HOST), storage.filesystem_rows(machine)
    return render(request, "host.html", {
        "host": found,
        "reporting": now - found.last_seen < urgency.SILENT_AFTER,
        "summary": summary(found, machine, now),
        "state": state(machine, filesystems),
        "charts": charts,
        "figures": {chart.id: registry.SKELETONS[chart.id] for chart in charts},
        "range": chosen_range(request),
        "ranges": list(RANGES),
        "tenants": tenants.tenant_rows(view.instances),
        "datastores": datastores.datastore_rows(machine),
        "programs": programs.program_rows(machine),
        "filesystems": filesystems,
        "disks": storage.disk_rows(machine),
        "interfaces": storage.interface_rows(machine),
        "agent_cpu": measured.rate(machine.track, "agent_cpu"),
        "agent_memory": _last(machine, "agent_memory"),
        "collectors": agent_cost.collector_rows(machine),
    })  # fmt: skip


def summary(host: Host, machine: HostWindow, now: datetime) -> str:
    """What it is, who reports it, and when it last did."""
    cores, memory = _cores(machine), _last(machine, "memory_limit")
    parts = [
        host.os,
        host.arch,
        words.count(round(cores), "core") if cores else "",
        words.size(memory) if memory else "",
    ]
    told = f"Agent {host.agent_version}, last report" if host.agent_version else "Last report"
    ago = words.duration((now - host.last_seen).total_seconds())
    return f"{', '.join(filter(None, parts))}. {told} {ago} ago."


def state(machine: HostWindow, filesystems: Sequence[storage.FilesystemRow]) -> str:
    """How much of it is taken, in one sentence; empty where nothing was reported in the last minute."""
    cores = _cores(machine)
    used = measured.known_sum(measured.rate(machine.track, mode) for mode in ("cpu_user", "cpu_system"))
    memory, available = _last(machine, "memory_limit"), _last(machine, "memory_available")
    fullest = next(iter(filesystems), None)
    said = []
    if used is not None and cores:
        said.append(f"{words.plain(used)} of {words.plain(cores)} cores in use")
    if memory and available is not None:
        said.append(f"{words.size(memory - available)} of {words.size(memory)} memory taken")
    if fullest is not None:
        said.append(f"{fullest.name} {words.percent(fullest.share)} full")
    return f"{', '.join(said)}." if said else ""


def _cores(machine: HostWindow) -> float | None:
    return _last(machine, "cpu_effective") or _last(machine, "cpu_count")


def _last(machine: HostWindow, column: str) -> float | None:
    return measured.last(machine.track, column)
