"""Writing: what comes twice changes nothing, what comes later fills in, what is no number stays out."""

from __future__ import annotations

import math

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.store.models import PartSample, ProcessSample, RollupMark
from advisor.store.rows import PartRow, ProcessRow
from advisor.vocabulary import Entity, PartKind, columns_of
from tests.fleet.builders import only
from tests.store.builders import (
    START,
    at_the_time_of,
    disk_row,
    host,
    host_row,
    instance,
    keep,
    process_row,
    service,
    stored,
    us,
)

pytestmark = pytest.mark.django_db

MINUTE = int(START) // 60


def _everything() -> list[tuple[object, ...]]:
    return [row for table in ("process", "host", "part") for row in stored(f"store_{table}sample", "*")]


def test_every_column_of_the_vocabulary_is_kept_in_its_place() -> None:
    one, machine = instance(service()), host()
    figures = {name: float(number) for number, name in enumerate(columns_of(Entity.PROCESS))}
    of_host = {name: float(number) for number, name in enumerate(columns_of(Entity.HOST))}
    of_part = {name: float(number) for number, name in enumerate(columns_of(Entity.PART))}
    keep(
        process_row(one, 0, b"latency", **figures),
        host_row(machine, 0, **of_host),
        disk_row(machine, 0, "a", **of_part),
    )

    assert stored("store_processsample", *(f'"{name}"' for name in figures)) == [tuple(figures.values())]
    assert stored("store_hostsample", *(f'"{name}"' for name in of_host)) == [tuple(of_host.values())]
    assert stored("store_partsample", *(f'"{name}"' for name in of_part)) == [tuple(of_part.values())]
    assert bytes(only(ProcessSample).latency) == b"latency"


def test_sending_again_changes_nothing() -> None:
    one, machine = instance(service()), host()
    rows = (process_row(one, 0, b"x", requests=1), host_row(machine, 0, load_1m=1), disk_row(machine, 0, "a", busy=1))
    keep(*rows)
    before = _everything()
    RollupMark.objects.all().delete()

    keep(*rows)

    assert _everything() == before
    assert not RollupMark.objects.exists()


def test_a_second_sender_fills_only_what_is_unknown() -> None:
    one = instance(service())
    keep(process_row(one, 0, cpu_user=1, threads=11))
    keep(process_row(one, 0, b"x", requests=5, threads=99))

    assert stored("store_processsample", "cpu_user", "threads", "requests") == [(1, 11, 5)]
    assert bytes(only(ProcessSample).latency) == b"x"


def test_one_key_twice_in_one_batch_becomes_one_row() -> None:
    one = instance(service())
    keep(process_row(one, 0, cpu_user=1, threads=11), process_row(one, 0, requests=5, threads=99))

    assert stored("store_processsample", "cpu_user", "threads", "requests") == [(1, 11, 5)]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e39])
def test_what_is_no_number_is_left_out(value: float) -> None:
    one = instance(service())
    keep(process_row(one, 0, requests=value, threads=1))

    assert stored("store_processsample", "requests", "threads") == [(None, 1)]


@pytest.mark.parametrize(("span", "offset"), [(math.nan, 0.0), (-1.0, 0.0), (10.0, math.nan)])
def test_a_span_or_offset_that_is_no_number_counts_as_unknown(span: float, offset: float) -> None:
    one = instance(service())
    keep(ProcessRow(one.service_id, one.pk, us(0), span, offset, {"requests": 1.0}))

    assert stored("store_processsample", "at") == [(us(0),)]
    assert stored("store_processsample", "span") == [(span if span > 0 else 0,)]


def test_names_that_no_database_stores_are_mended() -> None:
    keep(PartRow(1, 0, us(0), 10.0, 0.0, PartKind.DISK, "sd\x00a\ud800" + "b" * 300, {"busy": 1.0}))

    assert only(PartSample).name == ("sd\ufffda?" + "b" * 300)[:255]


def test_more_rows_than_one_statement_takes() -> None:
    one = instance(service())
    keep(*(process_row(one, at, requests=at) for at in range(1500)))

    assert stored("store_processsample", "count(*)", "sum(requests)") == [(1500, sum(range(1500)))]


def test_many_rows_need_few_statements() -> None:
    one = instance(service())
    rows = [process_row(one, at, requests=at) for at in range(300)]
    statements = list[str]()
    with CaptureQueriesContext(connection) as queries:
        if connection.vendor == "sqlite":  # its rows go past Django
            connection.connection.set_trace_callback(statements.append)
        keep(*rows)
        if connection.vendor == "sqlite":
            connection.connection.set_trace_callback(None)

    assert max(len(queries), len(statements)) < 12


def test_a_minute_is_marked_on_the_servers_clock_where_something_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_time_of(monkeypatch, 140)
    one = instance(service())
    keep(ProcessRow(one.service_id, one.pk, us(-3600), 10.0, 3600.0, {"requests": 1.0}), process_row(one, 130))

    assert stored("store_rollupmark", "minute") == [(MINUTE,), (MINUTE + 2,)]


_names = st.sampled_from(["cpu_user", "requests", "threads"])
_batches = st.lists(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.integers(0, 2), st.dictionaries(_names, st.integers(0, 9).map(float), max_size=3)
        ),
        max_size=6,
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_batches)
def test_any_sequence_of_batches_keeps_the_first_known_figure(
    batches: list[list[tuple[int, int, dict[str, float]]]],
) -> None:
    ProcessSample.objects.all().delete()
    expected: dict[tuple[int, int], dict[str, float]] = {}
    for batch in batches:
        keep(*(ProcessRow(1, process, us(at), 10.0, 0.0, values) for process, at, values in batch))
        for process, at, values in batch:
            known = expected.setdefault((process, us(at)), {})
            known.update({name: value for name, value in values.items() if name not in known})

    rows = stored("store_processsample", "instance_id", "time", "cpu_user", "requests", "threads")
    assert rows == [
        (*key, *(known.get(name) for name in ("cpu_user", "requests", "threads")))
        for key, known in sorted(expected.items())
    ]
