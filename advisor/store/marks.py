"""Remembers which minutes must be rolled up (again), so that a late sample corrects its minute."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from advisor.store.models import RollupMark


def mark(minutes: Collection[int]) -> None:
    """Mark minutes (since the epoch) inside the caller's transaction, as its last writing.

    Until the transaction ends the marks cannot be taken: `take` waits, so that a rollup sees either all of
    the transaction's samples or leaves the mark for the next one. Writers do not wait for each other.
    """
    missing = set(minutes)
    while missing:
        RollupMark.objects.bulk_create([RollupMark(minute=m) for m in sorted(missing)], ignore_conflicts=True)
        missing -= _held(missing)


def _held(minutes: Collection[int]) -> set[int]:
    """The marks that are there, now held by this transaction. SQLite has one writer: it holds all."""
    if connection.vendor != "postgresql":
        return set(minutes)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT minute FROM store_rollupmark WHERE minute = ANY(%s) ORDER BY minute FOR SHARE", [list(minutes)]
        )
        return {minute for (minute,) in cursor.fetchall()}


def take(minute: int) -> bool:
    """Take a mark away, waiting for those who hold it; False if somebody else took it."""
    deleted, _ = RollupMark.objects.filter(minute=minute).delete()
    return deleted > 0


def due(before: int, limit: int) -> list[int]:
    """At most `limit` marked minutes before `before`, the newest first: they are what people look at."""
    marks = RollupMark.objects.filter(minute__lt=before).order_by("-minute")[:limit]
    return list(marks.values_list("minute", flat=True))
