"""Conditions: what they leave out, and that the database finds what they ask for without looking through the rest."""

from __future__ import annotations

import pytest
from django.db import connection

from advisor.store.columns import SLOT
from advisor.store.fetch import select, within
from advisor.store.tables import MICROSECONDS, TABLES, Table
from tests.store.builders import START, instance, keep, process_row, service

pytestmark = pytest.mark.django_db

SLOT_SECONDS = SLOT / MICROSECONDS
LONGER_THAN_SLOTS_ARE_NAMED = 60 * 3600.0


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.entity.value)
def test_samples_of_an_owner_are_found_by_owner_and_time(table: Table) -> None:
    chosen = within(table.owner, [1, 2], START, START + 660).of(table.samples)
    explain, found = "EXPLAIN QUERY PLAN", f"(<expr>=? AND {table.owner}=?)"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            explain, found = "EXPLAIN", "Index Cond"
            cursor.execute("SET LOCAL enable_seqscan = off")  # an empty table is read as quickly without
        cursor.execute(f"{explain} SELECT * {chosen.sql}", chosen.parameters)
        plan = [str(row[-1]) for row in cursor.fetchall()]

    assert any(found in line for line in plan), plan


@pytest.mark.parametrize("start", [START - LONGER_THAN_SLOTS_ARE_NAMED, START + 3])
@pytest.mark.parametrize("end", [START + SLOT_SECONDS, START + SLOT_SECONDS + 2, START + LONGER_THAN_SLOTS_ARE_NAMED])
def test_both_ends_of_a_span_are_in_it_and_nothing_beyond(start: float, end: float) -> None:
    one = instance(service())
    moments = [-0.000001, 0.0, 2.999999, 3.0, 9.999999, 10.0, 10.000001, 12.0, 12.000001]
    keep(*(process_row(one, moment, requests=1) for moment in moments))

    found = select("store_processsample", ("at",), within("service_id", [one.service_id], start, end))

    expected = [round((START + m) * MICROSECONDS) for m in moments]
    first, last = round(start * MICROSECONDS), round(end * MICROSECONDS)
    assert sorted(at for (at,) in found) == [at for at in expected if first <= at <= last]


@pytest.mark.postgresql
@pytest.mark.parametrize(("setting", "value"), [("max_parallel_workers_per_gather", "0"), ("jit", "off")])
def test_no_statement_waits_for_workers_to_start_or_to_be_compiled(setting: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")
        assert cursor.fetchall() == [(value,)]
