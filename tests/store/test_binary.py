"""The binary format of COPY: byte for byte what the driver makes of the same rows, one value after the other."""

from __future__ import annotations

import math

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Copy

from advisor.store import binary
from advisor.store.columns import GREATEST, LEAST
from advisor.store.rows import HostRow, PartRow, ProcessRow
from advisor.store.sheet import Sheet
from advisor.store.tables import type_of
from advisor.vocabulary import Entity, PartKind, columns_of
from tests.compilers import need

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

_whole, _spans = st.integers(-(2**63), 2**63 - 1), st.floats(0, 1e9)
_clocks = st.floats(-1e6, 1e6)
_times = st.integers(0, 2**61)
_blobs = st.none() | st.binary(max_size=300)
_sizes = st.floats(LEAST, GREATEST)
_names = st.text(max_size=300)


def _told(entity: Entity) -> st.SearchStrategy[dict[str, float]]:
    figures = _sizes | _sizes.map(float.__neg__) | st.just(0.0)
    return st.dictionaries(st.sampled_from(columns_of(entity)), figures)


_hosts = st.builds(HostRow, _whole, _times, _spans, _clocks, _told(Entity.HOST))
_processes = st.builds(ProcessRow, _whole, _whole, _times, _spans, _clocks, _told(Entity.PROCESS), _blobs)
_kinds = st.sampled_from(PartKind)
_parts = st.builds(PartRow, _whole, _whole, _times, _spans, _clocks, _kinds, _names, _told(Entity.PART), _blobs)
_sheets = (
    st.lists(_hosts, min_size=1, max_size=5).map(Sheet.of_hosts)
    | st.lists(_processes, min_size=1, max_size=5).map(Sheet.of_processes)
    | st.lists(_parts, min_size=1, max_size=5).map(Sheet.of_parts)
)


def _by_the_driver(sheet: Sheet) -> bytes:
    order = [sheet.table.sample_columns.index(name) for name in binary.columns(sheet.table)]
    with connection.cursor() as cursor:
        copy = Copy(cursor.cursor, binary=True)
        copy.set_types([type_of(name) for name in binary.columns(sheet.table)])
        told = [copy.formatter.write_row([values[place] for place in order]) for values in sheet.values()]
        return b"".join((*told, copy.formatter.end()))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_sheets)
def test_rows_are_encoded_as_the_driver_does(sheet: Sheet) -> None:
    assert b"".join(binary.encoded(sheet)) == _by_the_driver(sheet)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_sheets)
def test_python_encodes_rows_as_c_does(sheet: Sheet) -> None:
    need(binary.COMPILED)
    assert binary._rows_in_python(sheet, 0, len(sheet)) == binary._rows(sheet, 0, len(sheet))


@pytest.mark.parametrize("told", [1e-31, -1e-31, -0.0, 1e30, 1e31, -1e31, math.inf, -math.inf, math.nan])
def test_what_is_no_measurement_is_the_same_for_both(told: float) -> None:
    need(binary.COMPILED)
    sheet = Sheet.of_hosts([HostRow(1, 0, 10.0, 0.0, {"memory_limit": told})])
    assert binary._rows_in_python(sheet, 0, 1) == binary._rows(sheet, 0, 1)


def test_many_rows_are_encoded_a_piece_after_the_other() -> None:
    rows = [HostRow(1, time, 10.0, 0.0, {"memory_limit": float(time)}) for time in range(2 * binary.AT_ONCE + 1)]
    sheet = Sheet.of_hosts(rows)
    assert len(list(binary.encoded(sheet))) == 1 + 3 + 1
    assert b"".join(binary.encoded(sheet)) == _by_the_driver(sheet)
