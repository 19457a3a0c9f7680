"""Rows of COPY: all of them, whichever way they are taken, and what ends them before their end."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DataError, OperationalError, connection, transaction

from advisor.store import binary_copy, copied
from advisor.store.binary import COMPILED
from advisor.store.fetch import Condition, select
from tests.compilers import need

pytestmark = [pytest.mark.postgresql]

ALL = Condition("TRUE", ())
MANY = "(SELECT i AS counted, repeat('x', mod(i, 300)::int) AS said FROM generate_series(1, 40000::int8) AS i) AS odd"
MILLION = "generate_series(1, 1000000::int8) AS odd(counted)"
LATE = "pg_sleep(0.1) IS NOT NULL"
SEVEN = "generate_series(1, 7::int8) AS odd(counted)"


@pytest.fixture(params=["_in_c", "_in_python"], autouse=True)
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "_in_c":
        need(COMPILED)
        if copied._LIBRARY is None:
            pytest.skip("The driver is in Python.")
    monkeypatch.setattr(copied, "_take", getattr(copied, request.param))


def counted(table: str) -> Any:
    return binary_copy.rows(table, ("counted",), ALL).whole().tolist()


@pytest.mark.django_db
def test_many_rows_come_one_piece_after_another_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces, take = [], copied._take

    def watched(pgconn: Any) -> Any:
        pieces.append(take(pgconn))
        return pieces[-1]

    monkeypatch.setattr(copied, "_take", watched)
    fields = binary_copy.rows(MANY, ("counted", "said"), ALL)
    found = list(zip(fields.whole().tolist(), fields.blobs(), strict=True))
    assert found == [(number, said.encode()) for number, said in select(MANY, ("counted", "said"), ALL)]
    assert len([rows for _, rows, _ in pieces if rows]) > 5
    assert max(len(rows) for _, rows, _ in pieces) < 1.5 * copied._ENOUGH


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1])
def test_few_rows_come_as_well(count: int) -> None:
    assert counted(f"generate_series(1, {count}::int8) AS odd(counted)") == list(range(1, count + 1))


@pytest.mark.django_db
def test_what_ends_the_rows_midway_is_told_and_the_connection_stays() -> None:
    table = "(SELECT i AS counted, 1 / (90000 - i) AS one FROM generate_series(1, 100000) AS i) AS odd"
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        binary_copy.rows(table, ("counted", "one"), ALL)
    assert counted(SEVEN) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.django_db
def test_what_postgresql_says_between_rows_is_heard_and_is_none_of_them() -> None:
    heard: list[str] = []

    def hear(diagnostic: Any) -> None:
        heard.append(diagnostic.message_primary)

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION said(i int8) RETURNS int8 LANGUAGE plpgsql AS "
            "$$BEGIN IF mod(i, 10000) = 0 THEN RAISE WARNING '% of them', i; END IF; RETURN i; END$$"
        )
    connection.connection.add_notice_handler(hear)
    try:
        assert counted("(SELECT said(i) AS counted FROM generate_series(1, 30000::int8) AS i) AS odd") == [
            *range(1, 30_001)
        ]
    finally:
        connection.connection.remove_notice_handler(hear)
    assert heard == ["10000 of them", "20000 of them", "30000 of them"]


@pytest.mark.django_db
def test_who_is_interrupted_midway_leaves_the_connection_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(pgconn: object) -> None:
        raise TimeoutError

    with monkeypatch.context() as now:
        now.setattr(copied, "_take", interrupted)
        with pytest.raises(TimeoutError), transaction.atomic():
            counted(MILLION)
    assert counted(SEVEN) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_lost_midway_is_an_error_and_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        its_process = cursor.fetchone()
    other, take = connection.copy(), copied._take

    def lost(pgconn: Any) -> Any:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 10000)", its_process)
        return take(pgconn)

    monkeypatch.setattr(copied, "_take", lost)
    try:
        with pytest.raises(OperationalError):
            counted(MILLION)
    finally:
        other.close()
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_closed_midway_is_an_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    take = copied._take

    def closed(pgconn: Any) -> Any:
        pgconn.finish()
        return take(pgconn)

    monkeypatch.setattr(copied, "_take", closed)
    try:
        with pytest.raises(OperationalError, match="connection"):
            counted(MILLION)
    finally:
        connection.close()


@pytest.mark.django_db
def test_rows_that_come_late_are_waited_for() -> None:
    table = f"(SELECT i AS counted FROM generate_series(1, 5000::int8) AS i WHERE i <> 2500 OR {LATE}) AS odd"
    assert counted(table) == list(range(1, 5001))
