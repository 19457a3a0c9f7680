"""Who a resource is. The hot path asks no database: what was resolved once is remembered.

It is remembered only after COMMIT, so that a transaction that fails leaves no identity of rows that never
came to be. Other ingest processes may move an instance to a better name: `flush` notices.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction

from advisor.fleet import caps, hosts, instances
from advisor.fleet.caps import Beyond
from advisor.fleet.claim import PROBE, Claim, Said
from advisor.fleet.hosts import ForeignHost
from advisor.fleet.memory import Memory
from advisor.fleet.models import Host, Instance, Service, Token

__all__ = ["Beyond", "ForeignHost", "Identity", "flush", "forget", "note_clock", "resolve"]

SEEN_EVERY = timedelta(seconds=5)
"""How often `last_seen` is written at most."""

REMEMBERED_FOR = timedelta(hours=12)
"""Who says nothing for so long, or at most twice as long, is looked up again: it may have been deleted since. Pruning
deletes nobody who was silent for less than days."""

_REMEMBERED = 20_000
"""Resources that a process remembers; the senders choose the names, so there must be a bound."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The rows that a resource belongs to: a host alone, or a process of a service, with a host where it is known.

    `has_inside` is set where a probe or an SDK reports the process, whoever sent this; `has_probe` where it is ours.
    """

    host_id: int | None = None
    service_id: int | None = None
    instance_id: int | None = None
    serves: bool = False
    has_inside: bool = False
    has_probe: bool = False


@dataclass(slots=True)
class _Memory:
    """`places`: resource -> (host, instance); `services`: instance -> (service, whether it
    serves, whether it reports from inside, and by our probe).

    `seen` and `heard` are who sent samples and events since the last flush. `refused`: resource -> what its token has
    too many of, and when that was found out.
    """

    places: Memory[Hashable, tuple[int | None, int | None]] = field(default_factory=lambda: Memory(_REMEMBERED))
    services: Memory[int, tuple[int, bool, bool, bool]] = field(default_factory=lambda: Memory(_REMEMBERED))
    refused: Memory[Hashable, tuple[caps.Kind, datetime]] = field(default_factory=lambda: Memory(_REMEMBERED))
    seen: set[Identity] = field(default_factory=set)
    heard: set[Identity] = field(default_factory=set)
    seen_tokens: set[int] = field(default_factory=set)
    flushed_at: datetime | None = None
    aged_at: datetime | None = None

    def grow_old(self, now: datetime) -> None:
        """Forget, from time to time, who was silent since the last time."""
        if self.aged_at is not None and now - self.aged_at < REMEMBERED_FOR:
            return
        self.aged_at = now
        self.places.grow_old()
        self.services.grow_old()

    def recall(self, key: Hashable) -> Identity | None:
        place = self.places.find(key)
        if place is None:
            return None
        host_id, instance_id = place
        if instance_id is None:
            return Identity(host_id)
        service = self.services.find(instance_id)
        return None if service is None else Identity(host_id, service[0], instance_id, *service[1:])

    def refusal(self, key: Hashable, now: datetime) -> caps.Kind | None:
        """What a resource was refused for so lately that asking again would bring the same."""
        kind, at = self.refused.find(key) or (None, now)
        return kind if abs(now - at) < caps.RECOUNT else None

    def keep(self, key: Hashable, identity: Identity) -> None:
        self.places[key] = (identity.host_id, identity.instance_id)
        if identity.instance_id is not None and identity.service_id is not None:
            inside = identity.has_inside, identity.has_probe
            self.services[identity.instance_id] = (identity.service_id, identity.serves, *inside)


_memory = _Memory()


def is_known(
    resource: Mapping[str, Any], token: Token, now: datetime, listening: int | None = None, lives: bool = True
) -> bool:
    """Whether `resolve` needs no database for this resource; `lives` as its `heard_at` is None."""
    key = _key(resource, token, listening, lives)
    return _memory.recall(key) is not None or _memory.refusal(key, now) is not None


def resolve(
    resource: Mapping[str, Any],
    token: Token,
    now: datetime,
    listening: int | None = None,
    heard_at: datetime | None = None,
) -> Identity:
    """Who sent this, inside the caller's transaction; what is new is made, what changed is brought up to date.

    Also writes, every few seconds, when everybody was seen last.

    Args:
        resource: its attributes.
        token: who brings it.
        now: when it came.
        listening: the number of ports that the process listens on, None where the sender does not say.
        heard_at: set where it tells of events alone, to the moment of the last one. That is no sign of life: the last
            word of a process may come when it is long gone. Such a report makes known what is new as of then, but it
            leaves `last_seen` as it was and makes no service one that serves.

    Raises:
        ForeignHost: a host token was used for another host than its own.
        Beyond: it would be new, and its token has as many as it may have; it is not looked for again at once.
    """
    lives = heard_at is None
    key = _key(resource, token, listening, lives)
    _memory.seen_tokens.add(token.pk)
    identity = _memory.recall(key)
    if identity is None:
        if kind := _memory.refusal(key, now):
            raise Beyond(kind)
        try:
            found = identity = _look_up(Claim.of(resource), token, heard_at or now, listening, lives)
        except Beyond as beyond:
            _memory.refused[key] = beyond.kind, now
            raise
        transaction.on_commit(lambda: _memory.keep(key, found))
    (_memory.seen if lives else _memory.heard).add(identity)
    if _memory.flushed_at is None or now - _memory.flushed_at >= SEEN_EVERY:
        flush(now)
    return identity


def _key(resource: Mapping[str, Any], token: Token, listening: int | None, lives: bool) -> Hashable:
    return token.pk, token.host_id, listening, lives, Said.of(resource)


def _look_up(claim: Claim, token: Token, now: datetime, listening: int | None, lives: bool) -> Identity:
    host, instance = _rows(claim, token, now, listening, lives)
    if lives and not all(_is_there(row, now) for row in (host, instance) if row is not None):
        host, instance = _rows(claim, token, now, listening, lives)  # pruning deleted it at this very moment
    host_id = None if host is None else host.pk
    if instance is None:
        return Identity(host_id)
    return Identity(host_id, instance.service_id, instance.pk, instance.service.serves, *_inside(instance.inside))


def _rows(
    claim: Claim, token: Token, now: datetime, listening: int | None, lives: bool
) -> tuple[Host | None, Instance | None]:
    host = hosts.find(claim, token, now)
    if claim.name is None:
        return host, None
    return host, instances.find(claim, claim.name, host, token, now, listening, lives)


def _is_there(row: Host | Instance, now: datetime) -> bool:
    """Whether it is there still; who comes back after a long time is seen at once, so that pruning does not take it."""
    if now - row.last_seen < REMEMBERED_FOR:
        return True
    return type(row)._default_manager.filter(pk=row.pk).update(last_seen=now) > 0


def _inside(sender: str) -> tuple[bool, bool]:
    """Whether somebody reports the process from inside, and whether that is our probe."""
    return bool(sender), sender == PROBE


def flush(now: datetime) -> None:
    """Write when the hosts, services, processes and tokens met since the last time were seen."""
    met, _memory.seen = _memory.seen, set()
    heard, _memory.heard = _memory.heard, set()
    used, _memory.seen_tokens = _memory.seen_tokens, set()
    processes = {one.instance_id for one in met if one.instance_id is not None}
    _touch(Host.objects.all(), {one.host_id for one in met if one.host_id is not None}, "last_seen", now)
    _touch(Service.objects.all(), {one.service_id for one in met if one.service_id is not None}, "last_seen", now)
    _touch(Instance.objects.all(), processes, "last_seen", now)
    _touch(Token.objects.all(), used, "last_used_at", now)
    _refresh(processes | {one.instance_id for one in heard if one.instance_id is not None})
    _memory.flushed_at = now
    _memory.grow_old(now)


def _touch(rows: models.QuerySet[Any], ids: Collection[int], field: str, now: datetime) -> None:
    """Rows that another process is touching are left to it, so that nobody waits and nobody deadlocks."""
    stale = models.Q(**{f"{field}__lt": now}) | models.Q(**{f"{field}__isnull": True})
    free = rows.filter(stale, pk__in=ids).select_for_update(skip_locked=True).values_list("pk", flat=True)
    rows.filter(pk__in=list(free)).update(**{field: now})


def _refresh(ids: Collection[int]) -> None:
    """Take note of the instances that moved to another service, and of those that are gone."""
    found = Instance.objects.filter(pk__in=ids).values_list("pk", "service_id", "service__serves", "inside")
    current = {pk: (service_id, serves, *_inside(inside)) for pk, service_id, serves, inside in found}
    for instance_id in ids:
        if instance_id not in current:
            _memory.services.forget(instance_id)
        elif _memory.services.find(instance_id) is not None:
            _memory.services[instance_id] = current[instance_id]


def forget() -> None:
    """Forget everything that is remembered: for another database."""
    global _memory
    _memory = _Memory()
    caps.forget()


def note_clock(host_id: int, offset: float) -> None:
    """Keep a host's clock offset (server minus host, seconds) for people to see."""
    Host.objects.filter(pk=host_id).update(clock_offset=offset)
