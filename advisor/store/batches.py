"""Remembers which batches were stored, so that one that comes again changes nothing."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils import timezone


def remember_batch(batch_id: UUID, token_id: int) -> bool:
    """Remember a batch inside the caller's transaction; False if it was stored before.

    Where another transaction is storing the same batch right now, this waits for how that one ends.
    Ids are kept per token: nobody can make another's batch look stored.
    """
    key = batch_id if connection.features.has_native_uuid_field else batch_id.hex
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO store_batch (token_id, key, received_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [token_id, key, timezone.now()],
        )
        return bool(cursor.rowcount == 1)
