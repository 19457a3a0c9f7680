"""Remembers which batches were stored, so that one that comes again changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from advisor.store.lists import as_lists
from advisor.store.slices import slices

BatchKey = tuple[int, str]
"""Primary key of the token that brought it, and its id: a UUID in 32 hexadecimal digits, in lower case. Nobody can make
another's batch look stored."""

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
    brought, values = _brought(batches)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO store_batch (token_id, key, content, received_at) "  # noqa: S608  # places alone
            f"SELECT *, %s FROM ({brought}) AS brought WHERE true "  # else SQLite takes ON for that of a join
            "ON CONFLICT DO NOTHING RETURNING token_id, key",
            [connection.ops.adapt_datetimefield_value(timezone.now()), *values],
        )
        # Nearly always all are new, and reading which ones would cost more than writing them.
        if cursor.rowcount == len(batches):
            return {key for key, _ in batches}
        return {(token_id, _hex(key)) for token_id, key in cursor.fetchall()}


def _brought(batches: Collection[tuple[BatchKey, int]]) -> tuple[str, Sequence[Any]]:
    """Token, id and content of each as a query, and its variables."""
    told = [(token_id, id, content) for (token_id, id), content in batches]
    if connection.vendor == "postgresql":
        return as_lists(told, ("bigint", "uuid", "bigint"))
    return f"VALUES {', '.join(['(%s, %s, %s)'] * len(told))}", [value for one in told for value in one]


def _contents(batches: Collection[BatchKey]) -> list[tuple[BatchKey, int]]:
    place = "(%s, %s::uuid)" if connection.vendor == "postgresql" else "(%s, %s)"
    places = ", ".join([place] * len(batches))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT token_id, key, content FROM store_batch "  # noqa: S608  # places alone
            f"WHERE (token_id, key) IN (SELECT * FROM (VALUES {places}) AS wanted) AND content IS NOT NULL",
            list(chain.from_iterable(batches)),
        )
        return [((token_id, _hex(key)), content) for token_id, key, content in cursor.fetchall()]


def _hex(key: UUID | str) -> str:
    """As SQLite keeps it."""
    return key.hex if isinstance(key, UUID) else key
