"""Figures by numpy: rows of the same form together, and the rest a column at a time."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from advisor.features.runs import Whole
from advisor.features.window import Array
from advisor.store import forms


class Told:
    """Rows that are there, where each form and each column that was asked for is counted."""

    def __init__(self, rows: Array) -> None:
        self.rows, self.forms, self.columns = rows, 0, 0

    def __len__(self) -> int:
        return len(self.rows)

    def figure(self, rows: Whole) -> Array:
        self.columns += 1
        found: Array = self.rows[rows, self.columns - 1]
        return found

    def alike(self, rows: Whole, into: Array) -> NDArray[np.bool_]:
        self.forms += 1
        unknown = np.isnan(self.rows[rows])
        is_alike: NDArray[np.bool_] = (unknown == unknown[0]).all(axis=1)
        into[rows[is_alike]] = self.rows[rows[is_alike]]
        return is_alike


def told(number_of_forms: int, width: int = 5) -> Told:
    known = [[form >> column & 1 for column in range(width)] for form in range(number_of_forms)]
    figures = np.arange(3 * number_of_forms * width, dtype=float).reshape(-1, width)
    return Told(np.where(np.array([*known, *known, *known]).reshape(figures.shape), figures, np.nan))


@pytest.mark.parametrize(("number_of_forms", "looks", "columns"), [(1, 1, 0), (8, 8, 0), (9, 8, 5), (20, 8, 5)])
def test_a_few_forms_take_a_look_each_and_more_a_look_a_column(number_of_forms: int, looks: int, columns: int) -> None:
    fields = told(number_of_forms)
    assert np.array_equal(forms.figures(fields, 5), fields.rows.T, equal_nan=True)
    assert (fields.forms, fields.columns) == (looks, columns)


def test_no_rows_and_no_figures_take_no_look() -> None:
    for fields, count in ((Told(np.empty((0, 5))), 5), (told(3), 0)):
        assert forms.figures(fields, count).shape == (count, len(fields))
        assert (fields.forms, fields.columns) == (0, 0)
