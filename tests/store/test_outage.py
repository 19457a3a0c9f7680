from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import Error, OperationalError, connection

from advisor.store import outage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def full() -> Iterator[str]:
    """A statement for which there is no room."""
    if connection.vendor == "postgresql":
        yield "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # what is free is given back
        cursor.execute("PRAGMA max_page_count = 1")  # it never goes below what is there
    yield "CREATE TABLE more AS SELECT randomblob(1000000)"
    connection.close()


@pytest.fixture
def held() -> Iterator[str]:
    """A statement that meets the lock of another connection."""
    other = connection.copy()
    with other.cursor() as cursor, connection.cursor() as own:
        if connection.vendor == "postgresql":
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE fleet_token")
            own.execute("SET lock_timeout = 1")
        else:
            cursor.execute("BEGIN IMMEDIATE")
            own.execute("PRAGMA busy_timeout = 1")
        yield "DELETE FROM fleet_token"
        cursor.execute("ROLLBACK")
    other.close()
    connection.close()


def raised(statement: str) -> Error:
    with pytest.raises(Error) as caught, connection.cursor() as cursor:
        cursor.execute(statement)
    return caught.value


def test_a_full_disk_is_called_one(full: str) -> None:
    assert "disk of the database is full" in outage.explain(raised(full))


def test_a_lock_of_somebody_else_is_no_absence(held: str) -> None:
    assert outage.explain(raised(held)) == "The database is held up by other work."


def test_whatever_else_happens_it_is_away() -> None:
    assert outage.explain(OperationalError("server closed the connection")) == "The database is away."
    assert outage.explain(raised("SELECT nothing FROM nowhere")) == "The database is away."
