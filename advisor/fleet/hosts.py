"""Finds the machine that a resource is on."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from advisor.fleet import caps
from advisor.fleet.claim import Claim
from advisor.fleet.models import Host, Instance, Token


class ForeignHost(Exception):
    """A host token was used for another machine than the one that it is bound to."""

    def __init__(self, bound: str, claimed: str) -> None:
        super().__init__(
            f"This token belongs to host {bound}, but the data comes from host {claimed}. "
            "Make a token for that host on the page Add a host."
        )


def find(claim: Claim, token: Token, now: datetime) -> Host | None:
    """The host by its id, else by its name, else the token's; made where it is new. None where nothing names one.

    A host token belongs to the first host that names itself with it; a resource without `host.id` that comes
    with it is on that host. What speaks from inside a container does not know its machine: it is on the token's
    host, else where an agent sees that container, else where its `host.id` says, else on a host that is known by the
    name of the Kubernetes node or of the container.

    Raises:
        ForeignHost: the token belongs to another host.
        Beyond: the host would be new, and the token has as many as it may have.
    """
    bound = token.host if token.kind == Token.Kind.HOST else None
    if claim.is_contained:
        return bound or _around(claim, token, now) or token.host
    if bound is not None and claim.host_key and claim.host_key != bound.key:
        raise ForeignHost(bound.name, claim.host_name or claim.host_key)
    host = bound or _named(claim, token, now) or token.host
    if host is None:
        return None
    if token.kind == Token.Kind.HOST and claim.host_key:
        _bind(token, host)
    _describe(host, claim)
    return host


def _around(claim: Claim, token: Token, now: datetime) -> Host | None:
    """The machine around a container; a new one only if the resource names it by `host.id`."""
    here = Q(container=claim.container) | Q(sandbox=claim.container)
    seen = Instance.objects.filter(here, host__isnull=False).select_related("host").order_by("-last_seen").first()
    if seen is not None:
        return seen.host
    if claim.host_key:
        return _named(claim, token, now)
    names = filter(None, (claim.details.get("k8s.node.name"), claim.host_name))
    same = list(Host.objects.filter(name__in=list(names))[:2])
    return same[0] if len(same) == 1 else None


def _named(claim: Claim, token: Token, now: datetime) -> Host | None:
    if claim.host_key:
        return Host.objects.filter(key=claim.host_key).first() or _adopted(claim) or _made(claim, token, now)
    if not claim.host_name:
        return None
    same = list(Host.objects.filter(name=claim.host_name)[:2])
    return same[0] if len(same) == 1 else _made(claim, token, now)


def _adopted(claim: Claim) -> Host | None:
    """A host that was known by its name alone until now."""
    nameless = Host.objects.filter(key=claim.host_name, name=claim.host_name)
    if not nameless.exists():
        return None
    try:
        with transaction.atomic():
            nameless.update(key=claim.host_key)
    except IntegrityError:  # somebody made the host by its id in the meantime: that one it is
        pass
    return Host.objects.filter(key=claim.host_key).first()


def _made(claim: Claim, token: Token, now: datetime) -> Host:
    key = claim.host_key or claim.host_name
    caps.HOSTS.take(token.pk, now)
    fresh = Host(key=key, name=claim.host_name or key, first_seen=now, last_seen=now, brought_by=token.pk)
    Host.objects.bulk_create([fresh], ignore_conflicts=True)  # half the statements of `get_or_create`
    return Host.objects.get(key=key)


def _bind(token: Token, host: Host) -> None:
    if token.host_id == host.pk or Token.objects.filter(pk=token.pk, host__isnull=True).update(host=host):
        return
    owner = Host.objects.get(tokens=token.pk)
    if owner.pk != host.pk:
        raise ForeignHost(owner.name, host.name)


def news_of(host: Host, claim: Claim) -> dict[str, str]:
    """What the machine says of itself that is otherwise than was known; a process on it may know its name only."""
    said = {"arch": claim.arch, "os": claim.os, "agent_version": claim.agent_version}
    if claim.host_key:
        said["name"] = claim.host_name
    return {field: value for field, value in said.items() if value and value != getattr(host, field)}


def _describe(host: Host, claim: Claim) -> None:
    if news := news_of(host, claim):
        Host.objects.filter(pk=host.pk).update(**news)
