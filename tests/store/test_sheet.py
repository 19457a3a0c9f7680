"""Sheets: rows in the order of their keys, each figure in its place, and none that is no measurement."""

from __future__ import annotations

import math

import pytest

from advisor.store.rows import HostRow, PartRow, ProcessRow
from advisor.store.sheet import Sheet
from advisor.store.tables import HOST, MINUTE, PROCESS
from advisor.vocabulary import PartKind


def _host(owner: int, values: dict[str, float] | None = None, time_us: int = 0) -> HostRow:
    return HostRow(owner, time_us, 10.0, 0.0, values or {})


def test_rows_stand_in_the_order_of_their_keys_with_all_that_is_theirs() -> None:
    rows = [ProcessRow(1, owner, 5, 1.0, 0.0, {"threads": owner}, bytes([owner])) for owner in (3, 1, 2)]
    sheet = Sheet.of_processes(rows)

    assert sheet.keys == [(1, 1, 5), (1, 2, 5), (1, 3, 5)]
    assert sheet.blobs == [b"\1", b"\2", b"\3"]
    assert [row.values["threads"] for row in sheet.rows] == [1, 2, 3]
    assert sheet.figures[:, PROCESS.figures.index("threads")].tolist() == [1, 2, 3]
    assert sheet.is_known.sum(axis=1).tolist() == [1, 1, 1]


def test_rows_of_different_columns_stand_side_by_side() -> None:
    first, second, *_, last = HOST.figures
    sheet = Sheet.of_hosts([_host(1, {last: 1.0, first: 2.0}), _host(2), _host(3, {second: 3.0})])

    empty = (None,) * (len(HOST.figures) - 2)
    assert [values[4:] for values in sheet.values()] == [
        (2.0, *empty, 1.0),
        (None,) * len(HOST.figures),
        (None, 3.0, *empty),
    ]


@pytest.mark.parametrize(
    ("told", "kept"),
    [(1e-31, 0.0), (-1e-31, 0.0), (1e30, 1e30), (1e31, None), (-math.inf, None), (math.nan, None), (-0.0, 0.0)],
)
def test_what_is_no_measurement_is_unknown_and_what_is_too_small_is_nothing(told: float, kept: float | None) -> None:
    (values,) = Sheet.of_hosts([_host(1, {HOST.figures[0]: told})]).values()
    assert values[4] == kept


def test_a_column_of_another_entity_is_refused() -> None:
    with pytest.raises(KeyError):
        Sheet.of_hosts([_host(1, {"threads": 1.0})])


def test_keys_that_come_twice_are_seen() -> None:
    assert Sheet.of_hosts([_host(1), _host(2), _host(1, time_us=1)]).are_distinct
    assert not Sheet.of_hosts([_host(1), _host(2), _host(1)]).are_distinct


def test_minutes_are_those_of_the_servers_clock() -> None:
    early, late = HostRow(1, 0, 1.0, 0.0, {}), HostRow(2, MINUTE - 1, 1.0, 1.0, {})
    assert Sheet.of_hosts([early, late]).places == {(1, 0), (2, 1)}


def test_what_was_stored_makes_the_same_sheet() -> None:
    rows = [PartRow(1, 0, at, 10.0, 2.0, PartKind.DISK, "sda", {"busy": 0.5}, b"x") for at in range(3)]
    sheet = Sheet.of_parts(rows)
    again = Sheet.of_values(sheet.table, list(sheet.values()))

    assert list(again.values()) == list(sheet.values())
    assert again.places == sheet.places


def test_no_rows_are_no_trouble() -> None:
    assert list(Sheet.of_hosts([]).values()) == list(Sheet.of_values(PROCESS, []).values()) == []
