from __future__ import annotations

import numpy as np

from advisor.features.window import PartWindow, Track
from advisor.pages import measured
from advisor.vocabulary import PartKind
from tests.pages.windows import part, process, track, window


def test_what_no_row_has_is_not_known() -> None:
    unknown = track(requests=[np.nan, np.nan])
    for figure in (measured.total, measured.mean, measured.rate, measured.last):
        assert figure(unknown, "requests") is None
        assert figure(unknown, "cpu_user") is None
    assert (measured.busy(unknown), measured.p95([unknown]), measured.known_sum([None])) == (None, None, None)


def test_rows_without_a_figure_say_nothing_about_it() -> None:
    known = track(requests=[30.0, np.nan, 10.0])
    assert (measured.total(known, "requests"), measured.mean(known, "requests")) == (40, 20)
    assert (measured.rate(known, "requests"), measured.last(known, "requests")) == (2, 10)
    assert measured.known_sum([1.0, None, 2.0]) == 3


def test_parts_are_gathered_by_kind_and_name_over_all_processes() -> None:
    both = window(
        process(part(PartKind.POOL, "a", used=[1]), part(PartKind.ROUTE, "a", count=[1]), pid=1),
        process(part(PartKind.POOL, "a", used=[2]), pid=2),
    )
    found = measured.parts(both, PartKind.POOL)
    assert {key: len(parts) for key, parts in found.items()} == {(PartKind.POOL, "a"): 2}


def rows(name: str, times: list[float], span: float) -> PartWindow:
    values = Track(np.array(times), np.full(len(times), span), {"active": np.ones(len(times))})
    return PartWindow(PartKind.HANDLE, name, values)


def test_what_the_newest_snapshot_leaves_out_is_gone() -> None:
    one = process(rows("stays", [0, 10, 20], 10), rows("went", [0, 10], 10))
    assert [found.name for found in measured.present(one, PartKind.HANDLE)] == ["stays"]


def test_a_sender_that_reports_more_rarely_is_waited_for() -> None:
    one = process(rows("probe", [40, 50], 10), rows("sdk", [10], 60))
    assert {found.name for found in measured.present(one, PartKind.HANDLE)} == {"probe", "sdk"}


def test_a_process_without_parts_has_none() -> None:
    assert list(measured.present(process(), PartKind.HANDLE)) == []
