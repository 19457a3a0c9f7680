"""The services of many newcomers, found and made with few statements, and what such statements have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import connection, models

from advisor.fleet.caps import SERVICES, Cap
from advisor.fleet.models import Service
from advisor.fleet.sightings import Arrival, Called


def find(arrivals: Sequence[Arrival]) -> dict[Called, Service | None]:
    """The service of each, None where it would be new and there is no room; without those that another just made."""
    if not arrivals:
        return {}
    known: dict[Called, Service | None] = dict(_known_services({one.called for one in arrivals}))
    first = dict[Called, Arrival]()
    for one in arrivals:
        if one.called not in known:
            first.setdefault(one.called, one)
    wanted = list(enumerate(first.values()))
    has_room = admitted(SERVICES, [(place, one.token.pk) for place, one in wanted], arrivals)
    known |= {one.called: None for place, one in wanted if place not in has_room}
    new = {one.called: _service(one) for place, one in wanted if place in has_room}
    rows = [new[called] for called in sorted(new)]  # in one order, so that no two processes wait for each other
    for pk, *names in inserted(Service, rows, ("id", "environment", "namespace", "name")):
        environment, namespace, name = names
        service = known[environment, namespace, name] = new[environment, namespace, name]
        service.pk = pk
    return known


def _known_services(names: Collection[Called]) -> Iterator[tuple[Called, Service]]:
    places = ", ".join(["(%s, %s, %s)"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, environment, namespace, name, serves FROM fleet_service "  # noqa: S608
            f"WHERE (environment, namespace, name) IN (VALUES {places})",
            [word for name in names for word in name],
        )
        for pk, environment, namespace, name, serves in cursor.fetchall():
            called = environment, namespace, name
            yield called, Service(pk=pk, environment=environment, namespace=namespace, name=name, serves=bool(serves))


def _service(one: Arrival) -> Service:
    environment, namespace, name = one.called
    service = Service(environment=environment, namespace=namespace, name=name, brought_by=one.token.pk)
    service.first_seen = service.last_seen = one.now
    service.serves = one.lives and bool(one.listening or one.claim.inside)
    return service


def inserted(model: type[models.Model], rows: Sequence[models.Model], told: Sequence[str]) -> list[tuple[Any, ...]]:
    """Store rows; `told` are the columns that are returned of those that were not there yet."""
    if not rows:
        return []
    fields = [one for one in model._meta.concrete_fields if not one.primary_key]
    names, places = ", ".join(str(one.column) for one in fields), ", ".join(["%s"] * len(fields))
    values = [one.get_db_prep_save(getattr(row, one.attname), connection) for row in rows for one in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names}) VALUES {', '.join([f'({places})'] * len(rows))} "  # noqa: S608
            f"ON CONFLICT DO NOTHING RETURNING {', '.join(told)}",
            values,
        )
        return list(cursor.fetchall())


def admitted(cap: Cap, wanted: Sequence[tuple[int, int]], arrivals: Sequence[Arrival]) -> set[int]:
    """Those, of places and their tokens, for whom there is room; the first ones have it."""
    if not wanted:
        return set()
    room = Counter(cap.admit(Counter(token for _, token in wanted), max(one.now for one in arrivals)))
    found = set[int]()
    for place, token in wanted:
        if room[token] > 0:
            room[token] -= 1
            found.add(place)
    return found
