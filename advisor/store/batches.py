"""Remembers which batches were stored, so that one that comes again changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

BatchKey = tuple[int, UUID]
"""Primary key of the token that brought it, and its id. Nobody can make another's batch look stored."""

_AT_ONCE: Final = 5_000
"""Batches of one statement: SQLite takes 32,766 variables."""


def remember_batches(batches: Collection[BatchKey]) -> set[BatchKey]:
    """Remember batches inside the caller's transaction; those of them that were not stored before.

    Where another transaction is storing one of them right now, this waits for how that one ends. All are written in
    one order, so that two transactions never wait for each other.
    """
    ordered = sorted(set(batches))
    pieces = (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))
    return {key for piece in pieces for key in _remember(piece)}


def _remember(batches: Collection[BatchKey]) -> set[BatchKey]:
    is_native, now = connection.features.has_native_uuid_field, timezone.now()
    values = [value for token_id, id in batches for value in (token_id, id if is_native else id.hex, now)]
    places = ", ".join(["(%s, %s, %s)"] * len(batches))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO store_batch (token_id, key, received_at) VALUES {places} "  # noqa: S608  # places alone
            "ON CONFLICT DO NOTHING RETURNING token_id, key",
            values,
        )
        return {(token_id, key if is_native else UUID(key)) for token_id, key in cursor.fetchall()}
