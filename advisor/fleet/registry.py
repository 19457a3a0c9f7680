"""Who a resource is. The hot path asks no database: what was resolved once is remembered.

It is remembered only after COMMIT: a transaction that fails leaves no identity of rows that never came to be. Other
ingest processes may move an instance to a better name: `flush` notices.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

from django.db import transaction

from advisor.fleet import arrivals, caps, hosts, instances, seen
from advisor.fleet.caps import Beyond
from advisor.fleet.claim import PROBE, Claim, Said
from advisor.fleet.hosts import ForeignHost
from advisor.fleet.identities import REMEMBERED_FOR, Identities, Identity
from advisor.fleet.models import Host, Instance, Service, Token
from advisor.fleet.sightings import Arrival, Sighting

__all__ = ["Beyond", "ForeignHost", "Identity", "flush", "flush_some", "forget", "note_clock", "resolve", "welcome"]

SEEN_EVERY = timedelta(seconds=5)
"""How often `last_seen` is written at most."""

_FRESH = SEEN_EVERY / 2
"""What was seen so lately is not written again: another process of ingest has just done it."""

_AT_ONCE = 25
"""Rows of a piece of `flush`: 2 ms with PostgreSQL, where each row has thirteen indexes. Whoever sends waits for it."""

_PIECES = 20
"""The rows of a table come in no more pieces, so that those of a large fleet are written before they are due again."""

_memory = Identities()


def recall(resource: Mapping[str, Any], token: Token, listening: int | None, lives: bool) -> Identity | None:
    """Who sent this, as far as that is remembered; `lives` as the `heard_at` of `resolve` is None. See `note`."""
    return _memory.recall(Said.of(resource), (token.id, token.host_id, listening, lives))


def state() -> object:
    """Equal for as long as everybody who can be recalled is still who it was."""
    return _memory.number, _memory.version


def note_all(identities: tuple[Identity, ...], token: Token) -> None:
    """As `note`, of all who sent samples in one request."""
    _memory.seen_tokens.add(token.id)
    _memory.seen_together[id(identities)] = identities


def note(identity: Identity, token: Token, lives: bool) -> None:
    """Somebody who was recalled sent something: samples where it `lives`, else events."""
    _memory.seen_tokens.add(token.id)
    (_memory.seen if lives else _memory.heard)[id(identity)] = identity


def is_known(
    resource: Mapping[str, Any], token: Token, now: datetime, listening: int | None = None, lives: bool = True
) -> bool:
    """Whether `resolve` needs no database for this resource; `lives` as its `heard_at` is None."""
    said, key = Said.of(resource), (token.id, token.host_id, listening, lives)
    return _memory.recall(said, key) is not None or _memory.refusal(said, key, now) is not None


def resolve(
    resource: Mapping[str, Any],
    token: Token,
    now: datetime,
    listening: int | None = None,
    heard_at: datetime | None = None,
) -> Identity:
    """Who sent this, inside the caller's transaction; what is new is made, what changed is brought up to date.

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
    said, key = Said.of(resource), (token.id, token.host_id, listening, lives)
    _memory.seen_tokens.add(token.id)  # though it may be refused
    identity = _memory.recall(said, key)
    if identity is None:
        if kind := _memory.refusal(said, key, now):
            raise Beyond(kind)
        try:
            found = identity = _look_up(Claim.of(resource), token, heard_at or now, listening, lives)
        except Beyond as beyond:
            _memory.refused[key, said] = beyond.kind, now
            raise
        transaction.on_commit(lambda: _memory.keep(said, key, found))
    note(identity, token, lives)
    return identity


def welcome(several: Sequence[Sighting]) -> list[bool]:
    """As `resolve`, of many who are most probably new, with few statements; False for those whom it leaves to that."""
    processes = dict[int, Arrival]()
    for place, one in enumerate(several):
        claim = Claim.of(one.resource)
        if claim.name is not None:
            at = one.heard_at or one.now
            processes[place] = Arrival(claim, claim.name, one.token, at, one.listening, one.lives)
    made = dict(zip(processes, arrivals.make(list(processes.values()), REMEMBERED_FOR), strict=True))
    return [_keep(one, made.get(place)) for place, one in enumerate(several)]


def _keep(one: Sighting, made: Instance | caps.Kind | None) -> bool:
    """Remember what was found out; False where nothing was."""
    key, said = one.key
    if made is None:
        return False
    _memory.seen_tokens.add(one.token.id)
    if isinstance(made, caps.Kind):
        _memory.refused[key, said] = made, one.now
        return True
    identity = Identity(made.host_id, made.service_id, made.pk, made.service.serves, *_inside(made.inside))
    transaction.on_commit(lambda: _memory.keep(said, key, identity))
    note(identity, one.token, one.lives)
    return True


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
    """Write when the hosts, services, processes and tokens met since the last time were seen, every few seconds.

    Takes note, too, of what other processes did with them. Outside of other transactions: it may concern thousands of
    rows, and nobody waits for it.
    """
    while flush_some(now):
        pass


def flush_some(now: datetime) -> bool:
    """Do a piece of what `flush` does; whether there is more. A piece that fails is not tried again."""
    if not _memory.due and (_memory.flushed_at is None or now - _memory.flushed_at >= SEEN_EVERY):
        _memory.flushed_at = now
        _memory.due = deque(_pieces(now))
    if _memory.due:
        _memory.due.popleft()()
    return bool(_memory.due)


def _pieces(now: datetime) -> list[Callable[[], None]]:
    met = [*_memory.seen.values(), *chain.from_iterable(_memory.seen_together.values())]
    _memory.seen, _memory.seen_together = {}, {}
    heard, _memory.heard = list(_memory.heard.values()), {}
    used, _memory.seen_tokens = _memory.seen_tokens, set()
    processes = {one.instance_id for one in met if one.instance_id is not None}
    rows = (
        (Host, "last_seen", {one.host_id for one in met if one.host_id is not None}),
        (Service, "last_seen", {one.service_id for one in met if one.service_id is not None}),
        (Instance, "last_seen", processes),
        (Token, "last_used_at", used),
    )
    touched = [partial(seen.touch, model, field, some, now, _FRESH) for model, field, ids in rows for some in _few(ids)]
    known = processes | {one.instance_id for one in heard if one.instance_id is not None}
    return [*touched, *(partial(_refresh, some) for some in _few(known)), partial(_memory.grow_old, now)]


def _few(ids: Collection[int]) -> list[list[int]]:
    ordered, size = sorted(ids), max(_AT_ONCE, -(-len(ids) // _PIECES))
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def _refresh(ids: Collection[int]) -> None:
    """Take note of the instances that moved to another service, and of those that are gone."""
    current = {pk: found for pk, *found in seen.services_of(ids)}
    for instance_id in ids:
        known, now = _memory.instances.find(instance_id), None
        if known is not None and instance_id in current:
            service_id, serves, inside = current[instance_id]
            has_inside, has_probe = _inside(inside)
            now = replace(known, service_id=service_id, serves=bool(serves), has_inside=has_inside, has_probe=has_probe)
        _memory.know(instance_id, now)


def forget() -> None:
    """Forget everything that is remembered: for another database."""
    global _memory
    _memory = Identities()
    caps.forget()


def note_clock(host_id: int, offset: float) -> None:
    """Keep a host's clock offset (server minus host, seconds) for people to see."""
    Host.objects.filter(pk=host_id).update(clock_offset=offset)
