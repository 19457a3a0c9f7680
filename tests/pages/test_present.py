from __future__ import annotations

import time

from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from advisor.pages import present
from advisor.store import samples
from advisor.store.rows import ProcessRow, Rows
from tests.pages.fleet import Cast


def test_figures_of_the_last_minute_with_their_course(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = int(time.time())
    values = {"loop_active": 9.0, "loop_idle": 1.0, "requests": 100.0, "cpu_user": 8.0, "cpu_system": 1.0}
    process = cast.processes[0]
    rows = [ProcessRow(cast.service.pk, process.pk, at * 1_000_000, 10, 0, values) for at in range(now - 120, now, 10)]
    with transaction.atomic():
        samples.write(Rows(processes=rows))
    with django_assert_num_queries(2):
        found = present.figures([cast.service.pk, cast.quiet.pk])
    figures = found[cast.service.pk]
    assert figures.request_rate is not None
    assert abs(figures.request_rate - 10) < 0.01
    assert figures.loop_busy is not None
    assert abs(figures.loop_busy - 0.9) < 0.01
    assert figures.cores is not None
    assert figures.p95 is None
    assert None in figures.request_rates
    assert any(value is not None for value in figures.request_rates)
    assert cast.quiet.pk not in found
