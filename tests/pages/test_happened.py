from __future__ import annotations

from django.db import transaction

from advisor.pages.happened import DAY, happened
from advisor.store import samples
from advisor.store.rows import EventRow, Rows
from advisor.vocabulary.events import STARTED
from tests.pages.fleet import Cast


def test_only_the_last_day_counts_and_the_newest_stands_first(cast: Cast) -> None:
    now = 1_763_870_400
    ages = (DAY + 60, DAY - 60, 5)
    of = cast.processes[0]
    rows = [EventRow(cast.service.pk, of.pk, int((now - age) * 1e6), 0.0, STARTED.name, 0, {}) for age in ages]
    with transaction.atomic():
        samples.write(Rows(events=rows))
    assert [event.at for event in happened(cast.service.pk, now)] == [now - 5, now - DAY + 60]
