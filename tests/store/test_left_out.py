"""What is left out is counted by token, day and reason, together with what is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from advisor.store import samples
from advisor.store.models import LeftOut
from advisor.store.samples import Loss
from tests.store.builders import WHEN

OLD, ODD = "points older than 48 hours", "points without a finite number"


@pytest.mark.django_db
def test_counts_add_up_over_days_and_the_latest_comes_first() -> None:
    later = WHEN + timedelta(days=1)
    samples.note_left_out({(1, OLD): 3, (1, ODD): 1, (2, OLD): 7}, WHEN)
    samples.note_left_out({(1, OLD): 4}, WHEN)
    samples.note_left_out({(1, OLD): 10}, later)

    assert samples.left_out(WHEN.date()) == [Loss(1, OLD, 17, later), Loss(1, ODD, 1, WHEN), Loss(2, OLD, 7, WHEN)]
    assert samples.left_out(later.date()) == [Loss(1, OLD, 10, later)]
    assert samples.left_out((later + timedelta(days=1)).date()) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_not_stored_is_not_counted() -> None:
    with transaction.atomic():
        samples.note_left_out({(1, OLD): 3}, WHEN)
        transaction.set_rollback(True)
    assert not LeftOut.objects.exists()


@pytest.mark.django_db
def test_nothing_to_count_needs_no_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        samples.note_left_out({}, WHEN)
    assert len(queries) == 0


@pytest.mark.django_db
def test_it_is_known_for_thirty_days() -> None:
    samples.note_left_out({(1, OLD): 3}, WHEN)
    samples.prune(WHEN + timedelta(days=30))
    assert LeftOut.objects.exists()
    samples.prune(WHEN + timedelta(days=31))
    assert not LeftOut.objects.exists()
