"""Finds the process that a resource is, whoever spoke of it first: the agent, the probe or an SDK."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from advisor.fleet.claim import Claim, Name
from advisor.fleet.models import Host, Instance, Service
from advisor.fleet.text import clean

SAME_START = 5.0
"""Seconds by which two senders' start times of one process may differ: both round, from different clocks."""

STILL_THERE = timedelta(minutes=5)
"""A process without a known start time counts as the one of the same pid that was seen this recently."""


def find(
    claim: Claim, name: Name, host: Host | None, now: datetime, listening: int | None, lives: bool = True
) -> Instance:
    """The process, made where it is new, moved where it has a better name now, and brought up to date.

    Its service serves from now on if the process `lives` and listens or reports from inside.
    """
    instance = _known(claim, name, host, now)
    if instance is None and host is not None:
        Host.objects.select_for_update().get(pk=host.pk)  # two ingest processes may meet a new process together
        instance = _known(claim, name, host, now)
    service = _service(name, now) if instance is None or name.rank < instance.name_rank else instance.service
    if instance is None:
        instance = _made(claim, name, service, host, now)
    _update(instance, claim, name, service, listening)
    if lives:
        _tell_serving(instance)
    return instance


def _service(name: Name, now: datetime) -> Service:
    return Service.objects.get_or_create(
        environment=name.environment,
        namespace=name.namespace,
        name=name.name,
        defaults={"first_seen": now, "last_seen": now},
    )[0]


def _key(claim: Claim, name: Name) -> str:
    if claim.key:
        return claim.key
    if claim.pid:
        return f"pid:{claim.pid}@{claim.started}"
    return clean(f"service:{name.environment}/{name.namespace}/{name.name}", 255)


def _known(claim: Claim, name: Name, host: Host | None, now: datetime) -> Instance | None:
    key = _key(claim, name)
    instances = Instance.objects.select_related("service").filter(host=host).order_by("-last_seen")
    if host is None:
        return instances.filter(key=key).first()
    candidates = list(instances.filter(Q(key=key) | Q(pid=claim.pid) if claim.pid else Q(key=key)))
    tests = (_same_life, _same_key, _same_pid)
    return next((one for test in tests for one in candidates if test(one, key, claim, now)), None)


def _same_life(one: Instance, key: str, claim: Claim, now: datetime) -> bool:
    """The same pid, started within `SAME_START`."""
    if not claim.pid or one.pid != claim.pid or claim.started is None or one.started_at is None:
        return False
    return abs(one.started_at - claim.started) <= SAME_START


def _same_key(one: Instance, key: str, claim: Claim, now: datetime) -> bool:
    """The same `service.instance.id`, unless pid or start show another process: some set the id by hand."""
    if one.key != key or len({one.pid, claim.pid} - {0}) > 1:
        return False
    return one.started_at is None or claim.started is None or abs(one.started_at - claim.started) <= SAME_START


def _same_pid(one: Instance, key: str, claim: Claim, now: datetime) -> bool:
    """The same pid where one side knows no start: seen lately, and spoken for from inside by one sender only."""
    if not claim.pid or one.pid != claim.pid or now - one.last_seen > STILL_THERE:
        return False
    if one.inside and claim.inside:
        return False
    if claim.started is None:
        return True
    return one.started_at is None and one.first_seen.timestamp() >= claim.started - SAME_START


def _made(claim: Claim, name: Name, service: Service, host: Host | None, now: datetime) -> Instance:
    """A new instance; without a host its key is unique, so that two who make it get the same."""
    fresh: dict[str, Any] = {"service": service, "name_rank": name.rank, "pid": claim.pid, "started_at": claim.started}
    fresh |= {"first_seen": now, "last_seen": now}
    if host is not None:
        return Instance.objects.create(host=host, key=_key(claim, name), **fresh)
    return Instance.objects.get_or_create(host=None, key=_key(claim, name), defaults=fresh)[0]


def _update(instance: Instance, claim: Claim, name: Name, service: Service, listening: int | None) -> None:
    """Write what changed; what the resource does not say stays as it was."""
    said: dict[str, Any] = {
        "inside": claim.inside,
        "key": claim.key if claim.inside else "",
        "role": claim.role,
        "worker_id": claim.worker_id,
        "runtime_version": claim.runtime_version,
        "service_version": claim.service_version,
        "script": claim.script,
        "pid": claim.pid,
        "started_at": claim.started if instance.started_at is None else None,
        "service": service,
    }
    news = {field: value for field, value in said.items() if value and value != getattr(instance, field)}
    if listening is not None and listening != instance.listening:
        news["listening"] = listening
    if name.rank < instance.name_rank:
        news["name_rank"] = name.rank
    former = instance.service
    for field, value in news.items():
        setattr(instance, field, value)
    if news:
        instance.save(update_fields=list(news))
    if former.pk != service.pk:
        _leave(former)


def _leave(service: Service) -> None:
    """A service that lost a process to a better name is judged only while others of it serve."""
    serving = service.instances.filter(Q(listening__gt=0) | ~Q(inside=""))
    if not serving.exists():
        Service.objects.filter(pk=service.pk).update(serves=False)


def _tell_serving(instance: Instance) -> None:
    """A service is judged once a process of it listens or reports from inside."""
    if (instance.listening or instance.inside) and not instance.service.serves:
        Service.objects.filter(pk=instance.service_id).update(serves=True)
        instance.service.serves = True
