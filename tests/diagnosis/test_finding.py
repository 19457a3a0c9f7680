"""finding: evidence holds figures that can be stored, and one of them decides."""

from __future__ import annotations

import math

import pytest

from advisor.diagnosis import Condition, Evidence, Reading, at_least, below
from advisor.diagnosis.finding import finite, in_words, leading


@pytest.mark.parametrize(("value", "kept"), [(0.5, 0.5), (0.0, 0.0), (math.nan, None), (math.inf, None)])
def test_only_finite_figures_are_kept(value: float, kept: float | None) -> None:
    assert finite(value) == kept


FOR = Evidence("loop", "Event loop busy", 0.9, "1", 0.8, "at least", True)
AGAINST = Evidence("gap", "Busy without computing", 0.3, "1", 0.15, "below", False)
CONTEXT = Evidence("p95", "Answered within", 0.1, "s")
UNKNOWN = Evidence("cpu", "CPU", None, "1", 0.5, "at least", None)


@pytest.mark.parametrize(
    ("condition", "evidence", "decides"),
    [
        (Condition.OVER, (CONTEXT, AGAINST, FOR), FOR),
        (Condition.BETWEEN, (CONTEXT, FOR, AGAINST), AGAINST),
        (Condition.UNDER, (UNKNOWN, FOR), FOR),
        (Condition.UNDER, (CONTEXT, UNKNOWN), None),
    ],
)
def test_the_first_that_speaks_for_the_condition_decides(
    condition: Condition, evidence: tuple[Evidence, ...], decides: Evidence | None
) -> None:
    assert leading(Reading(condition, evidence=evidence)) is decides


@pytest.mark.parametrize(("value", "kept", "is_over"), [(0.7, 0.7, False), (0.8, 0.8, True), (math.inf, None, True)])
def test_a_figure_beside_its_level_tells_on_which_side_it_is(value: float, kept: float | None, is_over: bool) -> None:
    assert at_least("loop", "Busy", value, "1", 0.8, "p1") == Evidence(
        "loop", "Busy", kept, "1", 0.8, "at least", is_over, "p1"
    )
    assert below("loop", "Busy", value, "1", 0.8) == Evidence("loop", "Busy", kept, "1", 0.8, "below", not is_over)


def test_a_figure_that_is_not_known_speaks_for_neither_side() -> None:
    for compare in (at_least, below):
        assert compare("loop", "Busy", math.nan, "1", 0.8).holds is None


def test_a_figure_is_said_with_its_limit() -> None:
    assert in_words(FOR) == "Event loop busy: 90% (limit: at least 80%)"
    assert in_words(CONTEXT) == "Answered within: 100 ms"
