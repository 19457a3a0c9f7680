"""A batch is stored once per token, also when two connections bring it at the same moment."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction

from advisor.store import samples
from advisor.store.models import Batch
from tests.fleet.builders import only


@pytest.mark.django_db
def test_a_batch_is_new_once_and_per_token() -> None:
    batch = uuid4()

    assert samples.remember_batch(batch, 1)
    assert not samples.remember_batch(batch, 1)
    assert samples.remember_batch(batch, 2)
    assert only(Batch, token_id=1).key == batch


@pytest.mark.django_db(transaction=True)
def test_a_batch_whose_transaction_failed_is_new_again() -> None:
    batch = uuid4()
    with transaction.atomic():
        samples.remember_batch(batch, 1)
        transaction.set_rollback(True)

    assert samples.remember_batch(batch, 1)


@pytest.mark.django_db(transaction=True)
def test_of_several_connections_one_stores_a_batch() -> None:
    batch, together, answers = uuid4(), threading.Barrier(6), []

    def bring() -> None:
        together.wait()
        with transaction.atomic():
            answers.append(samples.remember_batch(batch, 1))
        connection.close()

    threads = [threading.Thread(target=bring) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [False] * 5 + [True]
