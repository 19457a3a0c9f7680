"""Remembers which batches were stored, so that one that comes again changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from advisor.store.lists import as_lists
from advisor.store.slices import slices

BatchKey = tuple[int, UUID]
"""Primary key of the token that brought it, and its id. Nobody can make another's batch look stored."""

_AT_ONCE: Final = 5_000
"""Batches of one statement: SQLite takes 32,766 variables."""


def remember_batches(batches: Mapping[BatchKey, int]) -> set[BatchKey]:
    """Remember batches inside the caller's transaction; those of them that were not stored before.

    Where another transaction is storing one of them right now, this waits for how that one ends. All are written in
    one order, so that two transactions never wait for each other.

    Args:
        batches: each with a number that tells its body from others.
    """
    pieces = slices(sorted(batches), _AT_ONCE)
    return {key for piece in pieces for key in _remember([(key, batches[key]) for key in piece])}


def stored_contents(batches: Collection[BatchKey]) -> dict[BatchKey, int]:
    """The numbers that stored batches were remembered with; those that have none are missing."""
    return {key: content for piece in slices(sorted(batches), _AT_ONCE) for key, content in _contents(piece)}


def _remember(batches: Collection[tuple[BatchKey, int]]) -> set[BatchKey]:
    told = {(token_id, _given(id)): (token_id, id) for (token_id, id), _ in batches}
    brought, values = _brought(batches)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO store_batch (token_id, key, content, received_at) "  # noqa: S608  # places alone
            f"SELECT *, %s FROM ({brought}) AS brought WHERE true "  # else SQLite takes ON for that of a join
            "ON CONFLICT DO NOTHING RETURNING token_id, key",
            [connection.ops.adapt_datetimefield_value(timezone.now()), *values],
        )
        # Nearly always all are new, and reading which ones would cost more than writing them.
        return set(told.values()) if cursor.rowcount == len(told) else {told[row] for row in cursor.fetchall()}


def _brought(batches: Collection[tuple[BatchKey, int]]) -> tuple[str, Sequence[Any]]:
    """Token, id and content of each as a query, and its variables."""
    told = [(token_id, id.hex, content) for (token_id, id), content in batches]
    if connection.vendor == "postgresql":
        return as_lists(told, ("bigint", "uuid", "bigint"))
    return f"VALUES {', '.join(['(%s, %s, %s)'] * len(told))}", [value for one in told for value in one]


def _contents(batches: Collection[BatchKey]) -> list[tuple[BatchKey, int]]:
    places = ", ".join(["(%s, %s)"] * len(batches))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT token_id, key, content FROM store_batch "  # noqa: S608  # places alone
            f"WHERE (token_id, key) IN (SELECT * FROM (VALUES {places}) AS wanted) AND content IS NOT NULL",
            [value for token_id, id in batches for value in (token_id, _given(id))],
        )
        return [((token_id, _taken(key)), content) for token_id, key, content in cursor.fetchall()]


def _given(id: UUID) -> UUID | str:
    return id if connection.features.has_native_uuid_field else id.hex


def _taken(key: UUID | str) -> UUID:
    return key if isinstance(key, UUID) else UUID(key)
