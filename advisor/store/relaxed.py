"""Commits that do not wait for the disk, of what nobody was promised."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def relaxed() -> Iterator[None]:
    """Around transactions of which a power cut may take the last ones; whatever is committed after them keeps them.

    SQLite alone has it. Its log is one file: the next commit that waits for the disk brings to it what was written
    before, and a power cut ends the processes that remember more. A process that is killed loses nothing. With
    PostgreSQL, who remembers may be on another machine and live on, so there each commit waits.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        (before,) = cursor.execute("PRAGMA synchronous").fetchone()
        cursor.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA synchronous={int(before)}")
