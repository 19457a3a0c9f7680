"""One service: what to do about it, its charts, its processes and routes, and what every rule says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from advisor.charts import registry
from advisor.charts.chart import Place
from advisor.features.window import ServiceWindow
from advisor.fleet.models import Instance, Service
from advisor.pages import blocks, calls, inside, lives, measured, pm2, pools, processes, urgency, words
from advisor.pages.course import RANGES, chosen_range
from advisor.pages.happened import happened, reaches_back_to
from advisor.pages.verdicts import verdicts
from advisor.pages.whereabouts import of_instances
from advisor.store import samples
from advisor.vocabulary.events import BLOCKED, EXITED, PROFILED, STARTED
from advisor.vocabulary.runtimes import called


@require_safe
def service(request: HttpRequest, number: int) -> HttpResponse:
    """The page of one service."""
    now = datetime.now(UTC)
    found = get_object_or_404(Service.objects.select_related("summary"), pk=number)
    standing = urgency.standing(found, tuple(urgency.first_to_last(urgency.alive().filter(service=found))), now)
    window = samples.windows([found.pk], now.timestamp() - measured.SECONDS, now.timestamp())[found.pk]
    charts = [*registry.at(Place.MAIN), *registry.at(Place.MORE)]
    return render(request, "service.html", {
        "service": found,
        "standing": standing,
        "repeats": repeats(standing),
        "summary": summary(found, window, now),
        "verdicts": verdicts(found),
        "main_charts": registry.at(Place.MAIN),
        "more_charts": registry.at(Place.MORE),
        "figures": {chart.id: registry.SKELETONS[chart.id] for chart in charts},
        "range": chosen_range(request),
        "ranges": list(RANGES),
        "apps": pm2.apps_of(found, now.timestamp()),
        **last_minute(window),
        **last_day(found, now),
    })  # fmt: skip


def repeats(standing: urgency.Standing) -> bool:
    """True where the sentence on the last look says what the first advice above it says already."""
    said = standing.summary
    return bool(said and standing.top and not said.missing and said.sentence.rstrip(".") == standing.top.claim)


def last_minute(window: ServiceWindow) -> dict[str, Any]:
    """What the processes do now, as rows for the page's tables, and which columns these need."""
    running, routes = processes.process_rows(window, of_instances(window)), processes.route_rows(window)
    return {
        "processes": running,
        "heaps": any(row.heap is not None for row in running),
        "routes": routes,
        "broken_off": any(row.aborted for row in routes),
        "refused": any(row.client_errors for row in routes),
        "calls": calls.call_rows(window),
        "pools": pools.pool_rows(window),
        "threads": inside.thread_rows(window),
        "handles": inside.handle_rows(window),
    }


def last_day(service: Service, now: datetime) -> dict[str, Any]:
    """What happened in the processes. Only the probe tells of blocks, so only where it does is silence an answer."""
    moment = now.timestamp()
    held_up = happened(service.pk, moment, (BLOCKED.name, PROFILED.name))
    lived = happened(service.pk, moment, (STARTED.name, EXITED.name))
    running = Instance.objects.filter(service=service, last_seen__gt=now - urgency.SILENT_AFTER)
    return {
        "blocks": blocks.block_rows(held_up),
        "profile": blocks.newest_profile(held_up),
        "lives": lives.life_rows(lived),
        "how_often": lives.how_often(lived, reaches_back_to(lived, moment), moment),
        "probed": running.filter(inside=PROBE).exists(),
    }


def summary(service: Service, window: ServiceWindow, now: datetime) -> str:
    """What runs where, who tells us, and when it last did."""
    running = Instance.objects.filter(service=service, last_seen__gt=now - urgency.SILENT_AFTER)
    rows = list(running.values_list("runtime", "runtime_version", "host", "inside"))
    versions = sorted({f"{called(runtime)} {version}" for runtime, version, _, _ in rows if version})
    hosts = len({host for _, _, host, _ in rows if host})
    sources = sorted({_SOURCES.get(inside, "OpenTelemetry") for _, _, _, inside in rows if inside})
    runtime = f"{words.listed(versions)}, " if versions else ""
    told = f"Seen from inside by {words.listed(sources)}" if sources else "Seen from outside only"
    cores = sum(_cores(host.track.values) for host in window.hosts)
    where = words.count(hosts, "host")
    if cores:
        where += f" with {words.count(round(cores), 'core')}"
    ago = words.duration((now - service.last_seen).total_seconds())
    return f"{runtime}{words.count(len(rows), 'process', 'processes')} on {where}. {told}, last report {ago} ago."


PROBE = "advisor-probe"
"""The `telemetry.sdk.name` of our probe for Node.js."""

_SOURCES = {PROBE: "the probe", "opentelemetry": "OpenTelemetry"}


def _cores(values: Any) -> float:
    counts = values.get("cpu_effective", values.get("cpu_count"))
    return float(counts[-1]) if counts is not None and len(counts) and counts[-1] == counts[-1] else 0.0
