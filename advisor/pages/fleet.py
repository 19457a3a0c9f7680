"""The first page: how the services are, what to do next, and every machine and Node.js process that reports."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from advisor.fleet.models import Host, Instance, Service
from advisor.pages import commands, present, urgency, words
from advisor.pages.pm2 import apps_on
from advisor.pages.present import Now
from advisor.pages.urgency import Standing
from advisor.vocabulary import Health, Progress

NEXT_STEPS = 3
PROCESSES_SHOWN = 50
_KINDS = (
    (Health.ACT, "to act on"),
    (Health.WATCH, "to watch"),
    (Health.NO_VERDICT, "without verdict"),
    (Health.HEALTHY, "healthy"),
    (Health.SHRINK, "can shrink"),
    (Health.NO_DATA, "silent"),
)


@dataclass(frozen=True, slots=True)
class Crew:
    """How many processes a service has now, and on how many hosts."""

    processes: int
    hosts: int

    def __str__(self) -> str:
        return f"{words.count(self.hosts, 'host')}, {words.count(self.processes, 'process', 'processes')}"


@require_safe
def fleet(request: HttpRequest) -> HttpResponse:
    """Services sorted most urgent first, hosts with their last report, processes that are not judged."""
    now = datetime.now(UTC)
    services = list(
        Service.objects.filter(serves=True, last_seen__gt=now - urgency.GONE_AFTER).select_related("summary")
    )
    alive = list(urgency.alive().select_related("service"))
    ranked = urgency.standings(services, alive, now)
    hosts = hosts_now(now)
    crews = _crews(now)
    now_of = present.figures([service.pk for service in services])
    return render(request, "fleet.html", {
        "heading": heading(ranked),
        "summary": summary(ranked, crews, len(hosts)),
        "rows": [(one, crews.get(one.service.pk, Crew(0, 0)), now_of.get(one.service.pk, Now())) for one in ranked],
        "steps": next_steps(ranked),
        "hosts": hosts,
        "bystanders": bystanders(now),
        "probe_line": commands.probe(),
    })  # fmt: skip


def hosts_now(now: datetime) -> list[Host]:
    """Hosts, those that report first, each with the number of its Node.js processes as `node_processes`.

    `apps` are those that PM2 has given up there.
    """
    running = Q(instances__last_seen__gt=now - urgency.SILENT_AFTER)
    hosts = Host.objects.annotate(node_processes=Count("instances", filter=running)).order_by("-last_seen", "name")
    apps = apps_on({host.pk: host.name for host in hosts}, now.timestamp())
    for host in hosts:
        host.apps = [app for app in apps.get(host.pk, ()) if app.given_up]  # type: ignore[attr-defined]  # likewise
        host.reporting = now - host.last_seen < urgency.SILENT_AFTER  # type: ignore[attr-defined]  # for the template
    return list(hosts)


def bystanders(now: datetime) -> list[Instance]:
    """Node.js processes that are listed but not judged: they neither listen nor report from inside."""
    running = Instance.objects.filter(last_seen__gt=now - urgency.SILENT_AFTER, service__serves=False)
    return list(running.select_related("service", "host").order_by("service__name", "pid")[:PROCESSES_SHOWN])


def _crews(now: datetime) -> dict[int, Crew]:
    running = Instance.objects.filter(last_seen__gt=now - urgency.SILENT_AFTER)
    rows = running.values_list("service").annotate(Count("pk"), Count("host", distinct=True))
    return {service: Crew(processes, hosts) for service, processes, hosts in rows}


def next_steps(ranked: list[Standing]) -> list[dict[str, object]]:
    """At most three things to do: open advice, the most urgent first, with what it is expected to bring."""
    advice = [one for standing in ranked if standing.health is not Health.NO_DATA for one in standing.advice]
    waiting = [one for one in advice if one.state != Progress.FORMING and one.options and not one.held_back_by]
    steps = []
    for recommendation in sorted(waiting, key=urgency.weight)[:NEXT_STEPS]:
        option = recommendation.options[0]
        steps.append({"advice": recommendation, "option": option, "gain": next(iter(option["expected"]), None)})
    return steps


def heading(ranked: list[Standing]) -> str:
    """The state in words, never a number alone."""
    health = Counter(standing.health for standing in ranked)
    if act := health[Health.ACT]:
        return words.says(act, "service needs action", "services need action")
    if watch := health[Health.WATCH]:
        return words.says(watch, "service is worth watching", "services are worth watching")
    if not ranked:
        return "No service to judge yet"
    if unjudged := health[Health.NO_VERDICT]:
        return words.says(unjudged, "service has no verdict yet", "services have no verdict yet")
    if health[Health.NO_DATA] == len(ranked):
        return "No service reports at the moment"
    if shrink := health[Health.SHRINK]:
        return words.says(shrink, "service can shrink", "services can shrink")
    if health[Health.NO_DATA]:
        return words.says(health[Health.HEALTHY], "service is healthy", "services are healthy")
    return "The service is healthy" if len(ranked) == 1 else "All services are healthy"


def summary(ranked: list[Standing], crews: dict[int, Crew], hosts: int) -> str:
    """`9 services, 52 processes, 21 hosts. Four to watch, one healthy.`"""
    processes = sum(crew.processes for crew in crews.values())
    parts = (words.count(len(ranked), "service"), words.count(processes, "Node.js process", "Node.js processes"))
    health = Counter(standing.health for standing in ranked)
    told = [f"{words.in_words(health[kind])} {what}" for kind, what in _KINDS if health[kind]]
    sentence = f" {', '.join(told).capitalize()}." if told else ""
    return f"{', '.join(parts)}, {words.count(hosts, 'host')}.{sentence}"
