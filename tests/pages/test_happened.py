from __future__ import annotations

from django.db import transaction

from advisor.pages.happened import DAY, MOST, happened, reaches_back_to
from advisor.store import samples
from advisor.store.rows import EventRow, Rows
from advisor.store.samples import StoredEvent
from advisor.vocabulary.events import BLOCKED, STARTED
from tests.pages.fleet import Cast


def test_only_the_last_day_counts_and_the_newest_stands_first(cast: Cast) -> None:
    now = 1_763_870_400
    ages = (DAY + 60, DAY - 60, 5)
    of = cast.processes[0]
    rows = [EventRow(cast.service.pk, of.pk, int((now - age) * 1e6), 0.0, STARTED.name, 0, {}) for age in ages]
    with transaction.atomic():
        samples.write(Rows(events=rows))
    told = happened(cast.service.pk, now, (STARTED.name,))
    assert [event.at for event in told] == [now - 5, now - DAY + 60]
    assert happened(cast.service.pk, now, (BLOCKED.name,)) == []


def test_a_look_back_ends_where_there_was_more_than_it_looks_at() -> None:
    told = [StoredEvent(STARTED.name, 100_000.0 - n, 1, 42, "web-01", 0) for n in range(MOST)]
    assert reaches_back_to(told[:-1], 100_001.0) == 100_001.0 - DAY
    assert reaches_back_to(told, 100_001.0) == told[-1].at
