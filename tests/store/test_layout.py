"""Columns: the same whether rows came each for itself or together."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.store.bundles import Bundle
from advisor.store.layout import Columns
from advisor.store.rows import HostRow, PartRow
from advisor.store.tables import HOST, PART, PROCESS
from advisor.vocabulary import Entity, PartKind
from tests.store.test_bundles import bundle


def test_what_came_together_is_laid_out_as_each_for_itself() -> None:
    several = [
        bundle(Entity.PROCESS, [(1, 2), (1, 3)], [{"requests": 4.0}, {"threads": 1.0}]),
        bundle(Entity.PROCESS, [(5, 6)], [{}]),
    ]
    together = Columns.of_bundles(PROCESS, several)
    apart = Columns.of_rows(PROCESS, [row for one in several for row in one.apart()])
    assert together.numbers.tolist() == apart.numbers.tolist()
    assert together.spans.tolist() == apart.spans.tolist()
    np.testing.assert_array_equal(together.figures, apart.figures)
    assert (together.texts, together.blobs) == (apart.texts, apart.blobs)


@pytest.mark.parametrize("offset", [math.nan, math.inf])
def test_an_offset_that_is_no_number_moves_nothing(offset: float) -> None:
    told = bundle(Entity.HOST, [(1,)], [{}])
    strange = Bundle(told.entity, told.records, told.owners, offset, told.wholes)
    for columns in (Columns.of_bundles(HOST, [strange]), Columns.of_rows(HOST, strange.apart())):
        assert columns.numbers[0, -1] == columns.numbers[0, -2]


@pytest.mark.parametrize(("span", "kept"), [(10.0, 10.0), (-1.0, 0.0), (math.nan, 0.0), (math.inf, 0.0)])
def test_a_span_that_cannot_be_is_unknown(span: float, kept: float) -> None:
    assert Columns.of_rows(HOST, [HostRow(1, 0, span, 0.0, {})]).spans.tolist() == [kept]


def test_rows_of_both_kinds_stand_one_after_the_other() -> None:
    told = Columns.of_bundles(HOST, [bundle(Entity.HOST, [(2,)], [{"load_1m": 1.0}])])
    both = Columns.of_rows(HOST, [HostRow(1, 0, 1.0, 0.0, {"load_1m": 3.0})]).followed_by(told)
    assert both.numbers[:, 0].tolist() == [1, 2]
    assert both.figures[:, HOST.figures.index("load_1m")].tolist() == [3.0, 1.0]


def test_names_of_parts_are_texts() -> None:
    row = PartRow(1, 0, 5, 1.0, 1.0, PartKind.DISK, "s\0da", {}, b"x")
    columns = Columns.of_rows(PART, [row])
    assert (columns.numbers.tolist(), columns.texts) == ([[1, 0, 5, 1_000_005]], [("disk", "s\ufffdda")])
    assert columns.blobs == [b"x"]
