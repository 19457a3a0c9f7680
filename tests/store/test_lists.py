"""Rows come out of PostgreSQL's lists as they went in, in one statement however many they are."""

from __future__ import annotations

import pytest
from django.db import connection

from advisor.store.lists import as_lists

TYPES = ("bigint", "varchar(16)")


@pytest.mark.django_db
@pytest.mark.postgresql
def test_rows_come_out_as_they_went_in() -> None:
    rows = [(1, "host"), (2**62, "0a-f"), (-3, "part")]
    with connection.cursor() as cursor:
        cursor.execute(*as_lists(rows, TYPES))
        assert cursor.fetchall() == rows


def test_the_statement_is_the_same_for_any_number_of_rows() -> None:
    assert as_lists([(1, "a")], TYPES)[0] == as_lists([(1, "a"), (2, "b")], TYPES)[0]
