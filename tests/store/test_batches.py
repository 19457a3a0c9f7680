"""A batch is stored once per token, also when two connections bring it at the same moment."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from advisor.store import samples
from advisor.store.models import Batch
from tests.fleet.builders import only


@pytest.mark.django_db
def test_a_batch_is_new_once_and_per_token() -> None:
    batch = uuid4().hex

    assert samples.remember_batches({(1, batch): 7}) == {(1, batch)}
    assert samples.remember_batches({(1, batch): 7}) == set()
    assert samples.remember_batches({(1, batch): 7, (2, batch): 7}) == {(2, batch)}
    assert only(Batch, token_id=1).key.hex == batch


@pytest.mark.django_db
def test_no_batches_need_no_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert samples.remember_batches({}) == set()
    assert len(queries) == 0


@pytest.mark.django_db
def test_more_batches_than_one_statement_takes() -> None:
    many = {(number % 7, uuid4().hex): number for number in range(12_000)}

    assert samples.remember_batches(many) == many.keys()
    assert samples.remember_batches(many) == set()
    assert Batch.objects.count() == 12_000
    assert samples.stored_contents(many) == many


@pytest.mark.django_db
def test_what_a_batch_held_is_known_of_those_that_were_asked_for() -> None:
    one, other = uuid4().hex, uuid4().hex
    samples.remember_batches({(1, one): 2**54, (2, one): 8, (1, other): 9})
    Batch.objects.filter(token_id=1, key=other).update(content=None)  # stored by an older version

    assert samples.stored_contents([(1, one), (1, other), (3, one)]) == {(1, one): 2**54}


@pytest.mark.django_db(transaction=True)
def test_a_batch_whose_transaction_failed_is_new_again() -> None:
    batch = uuid4().hex
    with transaction.atomic():
        samples.remember_batches({(1, batch): 7})
        transaction.set_rollback(True)

    assert samples.remember_batches({(1, batch): 7})


@pytest.mark.django_db(transaction=True)
def test_of_several_connections_one_stores_a_batch() -> None:
    batch, together, answers = uuid4().hex, threading.Barrier(6), []

    def bring() -> None:
        together.wait()
        with transaction.atomic():
            answers.append(bool(samples.remember_batches({(1, batch): 7})))
        connection.close()

    threads = [threading.Thread(target=bring) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [False] * 5 + [True]
