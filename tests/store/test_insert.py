"""Inserting: straight in where nothing is known, and by the key alone where something is."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from advisor.store import insert
from advisor.store.models import ProcessSample
from advisor.store.tables import PROCESS
from tests.store.builders import instance, keep, process_row, service, stored


@pytest.mark.django_db
def test_what_nobody_told_before_needs_no_look() -> None:
    one = instance(service())
    with CaptureQueriesContext(connection) as queries:
        keep(*(process_row(one, at, requests=1) for at in range(50)))
    assert not [query for query in queries if "SELECT" in query["sql"] and "store_processsample" in query["sql"]]


@pytest.mark.django_db
def test_more_known_moments_than_one_statement_takes() -> None:
    one = instance(service())
    keep(*(process_row(one, at, requests=1) for at in range(12_000)))
    keep(*(process_row(one, at, threads=2) for at in range(12_000)))

    assert stored("store_processsample", "count(*)", "sum(requests)", "sum(threads)") == [(12_000, 12_000, 24_000)]


@pytest.mark.django_db
def test_known_moments_are_found_by_their_key() -> None:
    explain, found = "EXPLAIN QUERY PLAN", "SEARCH store_processsample USING PRIMARY KEY"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            explain, found = "EXPLAIN", "Index Scan"
            cursor.execute("SET LOCAL enable_seqscan = off")  # an empty table is read as quickly without
        for where, keys in insert._wanted(PROCESS, [(1, 2, 3), (1, 2, 4)]):
            cursor.execute(f"{explain} SELECT * FROM store_processsample WHERE {where}", keys)
            plan = [row[-1] for row in cursor.fetchall()]
            assert any(found in line for line in plan), plan


@pytest.mark.django_db
def test_who_is_overtaken_again_and_again_is_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    one = instance(service())
    keep(process_row(one, 0, requests=1))

    def overtaken(*_: object) -> None:
        raise IntegrityError("somebody was faster")

    monkeypatch.setattr(insert, "_write", overtaken)
    monkeypatch.setattr(insert, "_put", overtaken)
    with pytest.raises(OperationalError, match="same moments"):
        keep(process_row(one, 0, threads=1))
    with pytest.raises(IntegrityError, match="faster"):
        keep(process_row(one, 10, threads=1))


@pytest.mark.django_db(transaction=True)
def test_writers_of_the_same_moments_fill_in_each_others_rows() -> None:
    one = instance(service())
    together, failed = threading.Barrier(4), list[Exception]()

    def bring(column: str) -> None:
        try:
            for at in range(20):
                together.wait()
                keep(*(process_row(one, 100 * at + second, None, **{column: 1.0}) for second in range(5)))
        except Exception as error:
            failed.append(error)
            together.abort()
        finally:
            connection.close()

    columns = ("requests", "threads", "cpu_user", "fd_open")
    writers = [threading.Thread(target=bring, args=(column,)) for column in columns]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert failed == []
    assert ProcessSample.objects.count() == 100
    assert set(stored("store_processsample", *columns)) == {(1, 1, 1, 1)}


@pytest.mark.django_db(transaction=True)
def test_what_fails_leaves_the_callers_transaction_usable() -> None:
    one = instance(service())
    keep(process_row(one, 0, requests=1))
    with transaction.atomic():
        keep(process_row(one, 0, requests=1, threads=1))
        assert stored("store_processsample", "requests", "threads") == [(1, 1)]
