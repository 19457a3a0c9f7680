"""Remembers which rollups must be computed (again), so that a late sample corrects its minute and its hour.

What is young is marked minute by minute, for everybody: all report then. Who comes back after a while is marked hour
by hour under its own name, so that its past costs nothing for others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from time import time
from typing import Any, Final

from django.db import connection, models

from advisor.store.lists import as_lists
from advisor.store.models import HourMark, RollupMark
from advisor.store.slices import slices
from advisor.store.tables import HOURS, MINUTES, listed
from advisor.vocabulary import Entity

YOUNG: Final = 10
"""Minutes for which a minute is marked for everybody: well beyond what senders that are not in trouble take."""

EVERYBODY: Final = 0
"""The owner of a mark that stands for all."""

_AT_ONCE: Final = 5_000
"""Marks of one statement: SQLite takes 32,766 variables."""

Key = tuple[Any, ...]


def mark(changed: Mapping[Entity, Collection[tuple[int, int]]]) -> None:
    """Mark owners' minutes (since the epoch) inside the caller's transaction, as its last writing.

    Until the transaction ends the marks cannot be taken: a rollup sees either all of the transaction's samples or
    leaves the mark for the next one. Writers do not wait for each other.
    """
    young_from = int(time()) // 60 - YOUNG
    minutes: set[Key] = set()
    hours: set[Key] = set()
    for entity, places in changed.items():
        minutes |= {(minute,) for _, minute in places if minute >= young_from}
        hours |= {(MINUTES, minute // 60, entity.value, owner) for owner, minute in places if minute < young_from}
    _mark(RollupMark, minutes)
    _mark(HourMark, hours)


def _mark(model: type[models.Model], keys: set[Key]) -> None:
    """Nearly always the marks are there, and are held by one statement. SQLite has one writer: it holds all."""
    is_shared = connection.vendor == "postgresql"
    missing = keys - _held(model, keys) if is_shared else keys
    while missing:
        _add(model, missing)
        missing = missing - _held(model, missing) if is_shared else set()


def _add(model: type[models.Model], keys: Collection[Key]) -> None:
    names, ordered = _columns(model), sorted(keys)
    place = f"({', '.join(['%s'] * len(names))})"
    for some in slices(ordered, _AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({listed(names)}) VALUES {', '.join([place] * len(some))} "  # noqa: S608
                "ON CONFLICT DO NOTHING",
                [value for key in some for value in key],
            )


def _held(model: type[models.Model], keys: Collection[Key]) -> set[Key]:
    """The marks that are there, now held by this transaction."""
    if not keys:
        return set()
    columns = listed(_columns(model))
    wanted, lists = as_lists(keys, [str(field.db_type(connection)) for field in model._meta.pk_fields])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {model._meta.db_table} WHERE ({columns}) IN ({wanted}) "  # noqa: S608
            f"ORDER BY {columns} FOR SHARE",
            lists,
        )
        return set(cursor.fetchall())


def _columns(model: type[models.Model]) -> list[str]:
    """Those of the key, which is all that there is of a mark."""
    return [str(field.column) for field in model._meta.pk_fields]


def take(minute: int) -> bool:
    """Take a minute's mark away, waiting for those who hold it; False if somebody else took it."""
    deleted, _ = RollupMark.objects.filter(minute=minute).delete()
    return deleted > 0


def due(before: int) -> list[int]:
    """The marked minutes before `before`, the newest first: they are what people look at."""
    return list(RollupMark.objects.filter(minute__lt=before).order_by("-minute").values_list("minute", flat=True))


def take_hours(width: int, before: int, most: int) -> list[HourMark]:
    """Take away marks of hours before `before`, the newest first; those that somebody holds stay.

    Not waiting keeps those who take many marks and those who hold many out of each other's way.
    """
    marks = HourMark.objects.filter(width=width, hour__lt=before).order_by("-hour", "entity", "owner_id")
    taken = list(marks.select_for_update(skip_locked=True)[:most])
    HourMark.objects.filter(pk__in=[one.pk for one in taken]).delete()
    return taken


def mark_hours(hour: int, owners: Iterable[tuple[Entity, int]], width: int = HOURS) -> None:
    """Mark an hour's rollups of owners; nobody else takes marks meanwhile (see `rollup`), so nothing is held."""
    marks = [HourMark(pk=(width, hour, entity.value, owner)) for entity, owner in owners]
    HourMark.objects.bulk_create(marks, ignore_conflicts=True)


def is_waiting(until: int) -> bool:
    """True while anything from before `until` (Unix seconds, server time) waits to be rolled up."""
    minutes = RollupMark.objects.filter(minute__lt=until // MINUTES)
    return minutes.exists() or HourMark.objects.filter(hour__lt=until // HOURS).exists()
