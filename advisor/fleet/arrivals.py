"""Newcomers, many at once: those of whom it is certain that nobody spoke before, made with a few statements for all.

One at a time each takes some ten statements, twenty times what storing its samples takes. Whoever may be somebody that
is known, or is on a machine that is new or has changed, is left to those who look closely: `hosts` and `instances`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db import connection
from django.db.models import Q

from advisor.fleet import hosts, instances, services
from advisor.fleet.caps import INSTANCES, Kind
from advisor.fleet.models import Host, Instance, Service, Token
from advisor.fleet.seen import among
from advisor.fleet.sightings import Arrival

_ANYWHERE: Final = -1
"""Stands for the host of who may be on any, or on none."""


def make(arrivals: Sequence[Arrival], lately: timedelta) -> list[Instance | Kind | None]:
    """The process that each is, inside the caller's transaction.

    It is what the token has too many of where there is no room for it, and None for those who need a closer look.

    Args:
        arrivals: who reports.
        lately: a host that was not seen for so long needs a closer look, too.
    """
    placed = _placed(arrivals, lately)
    taken = _Taken.of([(arrivals[place], host) for place, host in placed.items()])
    free = [taken.take(one, _id(placed.get(place, _ANYWHERE))) for place, one in enumerate(arrivals)]
    fresh = [place for place in placed if free[place]]
    has_room = services.admitted(INSTANCES, [(place, arrivals[place].token.pk) for place in fresh], arrivals)
    welcome = [place for place in fresh if place in has_room]
    theirs = services.find([arrivals[place] for place in welcome])
    made, found = dict[int, Instance](), dict[int, Instance | Kind]()
    for place in fresh:
        one = arrivals[place]
        if place not in has_room:
            found[place] = Kind.INSTANCES
        elif (service := theirs.get(one.called, one)) is None:
            found[place] = Kind.SERVICES
        elif isinstance(service, Service):
            made[place] = _instance(one, service, placed[place])
    found |= _stored(made)
    _tell_serving([one for place, one in made.items() if place in found and arrivals[place].lives])
    return [found.get(place) for place in range(len(arrivals))]


def _placed(arrivals: Sequence[Arrival], lately: timedelta) -> dict[int, Host | None]:
    """Those whose host is beyond doubt, by their places: the one that they name and that is known, or none."""
    asked = {place: _named(one) for place, one in enumerate(arrivals)}
    known = _hosts({name for name in asked.values() if name})
    placed = dict[int, Host | None]()
    for place, name in asked.items():
        one, host = arrivals[place], known.get(name or "")
        if name == "" or (host is not None and _is_as_said(host, one, lately)):
            placed[place] = host
    return placed


def _named(one: Arrival) -> str | int | None:
    """The host by its id, or by its primary key where the token knows it; empty where there is none, None in doubt."""
    claim, token = one.claim, one.token
    if claim.container or claim.sandbox:
        return None
    if claim.host_key:
        return claim.host_key
    if claim.host_name and token.kind != Token.Kind.HOST:
        return None
    return token.host_id or (None if claim.host_name else "")


def _hosts(names: Collection[str | int]) -> dict[str | int, Host]:
    """Locked, since two ingest processes may meet a new process of one host together."""
    if not names:
        return {}
    keys = [name for name in names if isinstance(name, str)]
    asked = Q(key__in=keys) | Q(pk__in=[name for name in names if isinstance(name, int)])
    found = list(Host.objects.select_for_update().filter(asked).order_by("pk"))
    return {host.pk: host for host in found} | {host.key: host for host in found}


def _is_as_said(host: Host, one: Arrival, lately: timedelta) -> bool:
    is_bound = one.token.kind != Token.Kind.HOST or one.token.host_id == host.pk
    return is_bound and not hosts.news_of(host, one.claim) and one.now - host.last_seen < lately


def _id(host: Host | int | None) -> int | None:
    return host.pk if isinstance(host, Host) else host


@dataclass(slots=True)
class _Taken:
    """Keys and numbers that processes have, each with the primary key of its host, None where it has none."""

    keys: set[tuple[int | None, str]] = field(default_factory=set)
    numbers: set[tuple[int | None, int]] = field(default_factory=set)

    @classmethod
    def of(cls, placed: Sequence[tuple[Arrival, Host | None]]) -> _Taken:
        """All that may stand for one of those."""
        taken = cls()
        if homeless := [one.key for one, host in placed if host is None]:
            taken.keys = {(None, key) for key in _known_keys(homeless)}
        if settled := [one for one, host in placed if host is not None]:
            numbers = set[int]().union(*(one.numbers for one in settled))
            asked = Q(key__in=[one.key for one in settled]) | Q(pid__in=numbers) | Q(virtual_pid__in=numbers)
            places = {host.pk for _, host in placed if host is not None}
            for host_id, key, *known in Instance.objects.filter(asked, host__in=places).values_list(
                "host_id", "key", "pid", "virtual_pid"
            ):
                taken.keys.add((host_id, key))
                taken.numbers |= {(host_id, number) for number in known}
        return taken

    def take(self, one: Arrival, host_id: int | None) -> bool:
        """Whether nobody has any of what it is known by; from now on it has, so that whoever may be it waits for it."""
        places = {host_id, _ANYWHERE}
        numbers = {(place, number) for place in places for number in one.numbers}
        is_free = not self.numbers & numbers and not self.keys & {(place, one.key) for place in places}
        self.keys.add((host_id, one.key))
        self.numbers |= {(host_id, number) for number in one.numbers}
        return is_free


def _known_keys(keys: Sequence[str]) -> list[str]:
    """Those by which processes of no host are known."""
    listed, values = among(keys)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key FROM fleet_instance WHERE host_id IS NULL AND key {listed}", [values])  # noqa: S608
        return [key for (key,) in cursor.fetchall()]


def _instance(one: Arrival, service: Service, host: Host | None) -> Instance:
    return instances.fresh(one.claim, one.name, service, host, one.token, one.now, one.listening)


def _stored(made: Mapping[int, Instance]) -> dict[int, Instance]:
    """Those that are stored now; a process that somebody else made meanwhile is not among them."""
    rows = sorted(made.values(), key=lambda one: one.key)  # in one order, so that no two processes wait for each other
    new = services.inserted(Instance, rows, ("host_id", "key", "id"))
    ids = {(host_id, key): pk for host_id, key, pk in new}
    for one in made.values():
        one.pk = ids.get((one.host_id, one.key))
    return {place: one for place, one in made.items() if one.pk is not None}


def _tell_serving(lively: Iterable[Instance]) -> None:
    silent = {one.service.pk: one.service for one in lively if instances.serves(one) and not one.service.serves}
    if silent:
        Service.objects.filter(pk__in=silent).update(serves=True)
        for service in silent.values():
            service.serves = True
