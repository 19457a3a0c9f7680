"""Finds the process that a resource is, whoever spoke of it first: the agent, the probe or an SDK."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from advisor.fleet import caps
from advisor.fleet.claim import PROBE, Claim, Name
from advisor.fleet.matching import same_process
from advisor.fleet.models import Host, Instance, Service, Token
from advisor.fleet.text import clean


def find(
    claim: Claim, name: Name, host: Host | None, token: Token, now: datetime, listening: int | None, lives: bool = True
) -> Instance:
    """The process, made where it is new, moved where it has a better name now, and brought up to date.

    Its service serves from now on if the process `lives` and listens or reports from inside.

    Raises:
        Beyond: the process or its service would be new, and the token has as many as it may have. A process that is
            there keeps its name instead.
    """
    instance = _known(claim, name, host, now)
    if instance is None and host is not None:
        Host.objects.select_for_update().get(pk=host.pk)  # two ingest processes may meet a new process together
        instance = _known(claim, name, host, now)
    if instance is None:
        caps.INSTANCES.take(token.pk, now)
        service = _service(name, token, now)
        instance = _made(claim, name, service, host, token, now)
    else:
        name, service = _better(instance, name, token, now)
    _update(instance, claim, name, service, host, listening)
    if lives:
        _tell_serving(instance)
    return instance


def _better(instance: Instance, name: Name, token: Token, now: datetime) -> tuple[Name, Service]:
    """The name and service that a process has from now on."""
    if name.rank < instance.name_rank:
        try:
            return name, _service(name, token, now)
        except caps.Beyond:
            return replace(name, rank=instance.name_rank), instance.service
    return name, instance.service


def _service(name: Name, token: Token, now: datetime) -> Service:
    called = {"environment": name.environment, "namespace": name.namespace, "name": name.name}
    found = Service.objects.filter(**called).first()
    if found is not None:
        return found
    caps.SERVICES.take(token.pk, now)
    fresh = Service(**called, first_seen=now, last_seen=now, brought_by=token.pk)
    Service.objects.bulk_create([fresh], ignore_conflicts=True)  # half the statements of `get_or_create`
    return Service.objects.get(**called)


def key_of(claim: Claim, name: Name) -> str:
    """What a process is known by on its host: its `service.instance.id`, else its number and start, else its name."""
    if claim.key:
        return claim.key
    if claim.pid:
        return f"pid:{claim.pid}@{claim.started}"
    return clean(f"service:{name.environment}/{name.namespace}/{name.name}", 255)


def _known(claim: Claim, name: Name, host: Host | None, now: datetime) -> Instance | None:
    key = key_of(claim, name)
    instances = Instance.objects.select_related("service").order_by("-last_seen")
    if host is None:
        return same_process(instances.filter(host=None, key=key), key, claim, now)
    asked = Q(key=key)
    if claim.pid:
        asked |= Q(pid__in={claim.pid, claim.virtual_pid} - {0})
        asked |= Q(virtual_pid=claim.pid)
    places = Q(host=host)
    if ids := {claim.container, claim.sandbox} - {""}:
        places |= Q(host=None, container__in=ids)  # it spoke from inside before anybody saw it from outside
    return same_process(instances.filter(places & asked), key, claim, now)


def fresh(
    claim: Claim, name: Name, service: Service, host: Host | None, token: Token, now: datetime, listening: int | None
) -> Instance:
    """A process that nobody spoke of before, not stored yet."""
    instance = Instance(host=host, key=key_of(claim, name), **_first(claim, name, service, token, now))
    _take(instance, claim, name, service, host, listening)
    return instance


def _made(claim: Claim, name: Name, service: Service, host: Host | None, token: Token, now: datetime) -> Instance:
    """A new instance, to be stored by `_update`; without a host its key is unique, and two who make it get the same."""
    first = _first(claim, name, service, token, now)
    if host is not None:
        return Instance(host=host, key=key_of(claim, name), **first)
    return Instance.objects.get_or_create(host=None, key=key_of(claim, name), defaults=first)[0]


def _first(claim: Claim, name: Name, service: Service, token: Token, now: datetime) -> dict[str, Any]:
    first: dict[str, Any] = {"service": service, "name_rank": name.rank, "pid": claim.pid, "started_at": claim.started}
    return first | {"first_seen": now, "last_seen": now, "brought_by": token.pk}


def _update(
    instance: Instance, claim: Claim, name: Name, service: Service, host: Host | None, listening: int | None
) -> None:
    """Write what changed."""
    former = instance.service
    news = _take(instance, claim, name, service, host, listening)
    if instance._state.adding:
        instance.save(force_insert=True)
    elif news:
        instance.save(update_fields=news)
    if former.pk != service.pk:
        _leave(former)


def _take(
    instance: Instance, claim: Claim, name: Name, service: Service, host: Host | None, listening: int | None
) -> list[str]:
    """Take in what the resource says, and which fields that changes; what it does not say stays as it was."""
    said: dict[str, Any] = {
        "inside": "" if instance.inside == PROBE else claim.inside,  # an SDK beside it takes nothing from it
        # Without an id of its own it is known by its number, so that it is the same one when it is looked up again.
        "key": key_of(claim, name) if claim.inside and (claim.key or claim.pid) else "",
        "role": claim.role,
        "worker_id": claim.worker_id,
        "runtime": claim.runtime,
        "runtime_version": claim.runtime_version,
        "service_version": claim.service_version,
        "script": claim.script,
        "pid": 0 if claim.inside and instance.virtual_pid else claim.pid,  # outside it is the machine's
        "virtual_pid": claim.virtual_pid,
        "container": "" if claim.inside and instance.container else claim.container,
        "sandbox": claim.sandbox,
        "details": {**instance.details, **claim.details},
        "host": host if instance.host_id is None else None,
        "started_at": claim.started if instance.started_at is None else None,
        "service": service,
    }
    news = {field: value for field, value in said.items() if value and value != getattr(instance, field)}
    if listening is not None and listening != instance.listening:
        news["listening"] = listening
    if name.rank < instance.name_rank:
        news["name_rank"] = name.rank
    if not claim.inside and claim.command_line != instance.command_line:
        news["command_line"] = claim.command_line  # empty again once the agent is told not to tell it
    for field, value in news.items():
        setattr(instance, field, value)
    return list(news)


def _leave(service: Service) -> None:
    """A service that lost a process to a better name is judged only while others of it serve."""
    serving = service.instances.filter(Q(listening__gt=0) | ~Q(inside=""))
    if not serving.exists():
        Service.objects.filter(pk=service.pk).update(serves=False)


def serves(instance: Instance) -> bool:
    """Whether its service is judged for its sake: it listens or reports from inside."""
    return bool(instance.listening or instance.inside)


def _tell_serving(instance: Instance) -> None:
    if serves(instance) and not instance.service.serves:
        Service.objects.filter(pk=instance.service_id).update(serves=True)
        instance.service.serves = True
