"""least_squares: the best of all choices, without negative ones."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from advisor.features.least_squares import non_negative, solved


def test_non_negative_is_the_best_of_all_choices_of_free_variables() -> None:
    draw = np.random.default_rng(1)
    for _ in range(50):
        matrix, target = draw.normal(size=(30, 4)), draw.normal(size=30)
        tried = [_of(matrix, target, np.array(free, bool)) for free in product((0, 1), repeat=4)]
        least = min(float(((matrix @ x - target) ** 2).sum()) for x in tried if (x >= 0).all())
        found = non_negative(matrix, target)
        assert (found >= 0).all()
        assert float(((matrix @ found - target) ** 2).sum()) == pytest.approx(least)


def _of(matrix: np.ndarray, target: np.ndarray, free: np.ndarray) -> np.ndarray:
    found = np.zeros(matrix.shape[1])
    if free.any():
        found[free] = np.linalg.lstsq(matrix[:, free], target, rcond=None)[0]
    return found


def test_of_several_solutions_the_smallest_counts() -> None:
    assert solved(np.array([[2.0, 0.0], [0.0, 4.0]]), np.array([2.0, 2.0])) == pytest.approx([1.0, 0.5])
    assert solved(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([2.0, 2.0])) == pytest.approx([1.0, 1.0])
    assert solved(np.array([[2.0, 0.0], [0.0, 0.0]]), np.array([2.0, 0.0])) == pytest.approx([1.0, 0.0])
