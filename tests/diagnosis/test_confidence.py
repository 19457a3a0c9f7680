"""confidence: the score of the decision model 1.2."""

from __future__ import annotations

import math

import pytest

from advisor.diagnosis.confidence import confidence, contested


@pytest.mark.parametrize(
    ("required", "support", "expected"),
    [((1, 1), (1,), 1.0), ((1, 1), (0,), 0.6), ((1, 0), (1,), 0.0), ((0.25, 1), (1,), 0.5), ((1,), (0.5, 1), 0.9)],
)
def test_required_multiply_and_support_averages(
    required: tuple[float, ...], support: tuple[float, ...], expected: float
) -> None:
    assert confidence(required, support, coverage=1.0) == pytest.approx(expected)


def test_lost_and_unsteady_data_counts_less() -> None:
    assert confidence((1,), (1,), coverage=0.8, persistence=0.5) == pytest.approx(0.4)


def test_what_is_not_known_gives_none() -> None:
    assert confidence((1,), (1,), coverage=1.0, persistence=math.nan) == 0.0


def test_a_certain_rival_takes_most_of_it() -> None:
    assert contested(1.0, 1.0) == pytest.approx(0.3)
    assert contested(0.8, 0.0) == 0.8
