"""`python -m tests.bench.ingest.database rows|bytes|tokens N`: what the bench asks of the product's database."""

from __future__ import annotations

import sys
from collections.abc import Callable

import django
from django.db import connection


def rows() -> str:
    """How many snapshots of hosts and processes are stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM store_hostsample) + (SELECT count(*) FROM store_processsample)")
        return str(cursor.fetchone()[0])


def size() -> str:
    """Bytes of the database, tidied up; without the log that it writes ahead."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM")
            cursor.execute("SELECT pg_database_size(current_database())")
            return str(cursor.fetchone()[0])
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return str(cursor.fetchone()[0])


def made_tokens(count: int) -> str:
    """Texts of new tokens."""
    from advisor.fleet import tokens
    from advisor.fleet.models import Token

    return " ".join(tokens.make(Token.Kind.API)[1] for _ in range(count))


def main() -> int:
    """Answer."""
    what, count = sys.argv[1:]
    django.setup()
    answers: dict[str, Callable[[], str]] = {"rows": rows, "bytes": size, "tokens": lambda: made_tokens(int(count))}
    sys.stdout.write(answers[what]())
    return 0


if __name__ == "__main__":
    sys.exit(main())
