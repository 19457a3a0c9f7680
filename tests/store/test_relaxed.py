from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.utils import timezone

from advisor.fleet.models import Service
from advisor.store.relaxed import relaxed

pytestmark = pytest.mark.django_db(transaction=True)

WAITS = {"sqlite": ("2", "1"), "postgresql": ("on", "on")}
"""How long a commit waits as a rule, and inside: SQLite's FULL and NORMAL, and what it is called in PostgreSQL."""


def waits() -> str:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit")
        return str(cursor.fetchone()[0])


def test_only_what_is_inside_does_not_wait_for_the_disk() -> None:
    full, inside = WAITS[connection.vendor]
    assert waits() == full
    with relaxed():
        assert waits() == inside
    assert waits() == full
    with pytest.raises(ZeroDivisionError), relaxed():
        raise ZeroDivisionError
    assert waits() == full


def test_what_is_written_inside_is_there() -> None:
    with relaxed(), transaction.atomic():
        Service.objects.create(name="shop", first_seen=timezone.now(), last_seen=timezone.now())
    assert Service.objects.filter(name="shop").exists()
