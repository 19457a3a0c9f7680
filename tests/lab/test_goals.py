"""What should be reached beside what was, on made-up results."""

from __future__ import annotations

import pytest

from tests.lab.goals import Goal, goals
from tests.lab.test_score import result, row

LOOP = "event-loop-saturated"


def found(*results: dict[str, object]) -> dict[str, Goal]:
    """Every figure of these by its name."""
    return {goal.name: goal for goal in goals(results)}


def test_a_goal_is_reached_missed_or_not_told() -> None:
    assert Goal("a", "A", "1", 0.9, 0.9, at_least=True).holds is True
    assert Goal("a", "A", "1", 0.9, 0.8, at_least=True).holds is False
    assert Goal("a", "A", "s", 360, 361).holds is False
    assert Goal("a", "A", "1", 0.9, None).holds is None
    assert Goal("a", "A", "1", None, 0.5).holds is None


def test_its_figures_are_told_in_minutes_shares_and_numbers() -> None:
    assert Goal("a", "A", "s", 360, None).told(372) == "6.2 min"
    assert Goal("a", "A", "1", 0.9, None).told(0.951) == "0.95"
    assert Goal("a", "A", "{case}", 0, None).told(3) == "3"


def test_the_worst_class_tells_of_precision_and_recall() -> None:
    told = found(
        result("one", (LOOP,), row(LOOP, 60, "cluster")),
        result("two", (LOOP,)),
        result("three", ("memory-leak",), row("memory-leak", 60)),
        result("healthy", (), row("memory-leak", 60)),
    )
    assert told["lab_least_precision"].value == pytest.approx(0.5), "of leaks: one of two"
    assert told["lab_least_recall"].value == pytest.approx(0.5), "of loops: one of two"


def test_a_diagnosis_that_is_no_case_s_truth_has_no_precision_of_its_own() -> None:
    told = found(result("one", (LOOP,), row(LOOP, 60, "cluster")), result("healthy", (), row("uneven-load", 60)))
    assert told["lab_least_precision"].value == 1.0
    assert told["lab_false_warnings"].holds is False


def test_of_two_faults_the_first_advice_counts_and_the_first_two_do() -> None:
    label = {"second": ("event-loop-blocked",)}
    right = result("right", (LOOP,), row(LOOP, 60, "cluster"), row("event-loop-blocked", 90, "async-io"), label=label)
    later = result("later", (LOOP,), row("event-loop-blocked", 60, "async-io"), row(LOOP, 90, "cluster"), label=label)
    told = found(right, later)
    assert told["lab_first_advice_of_two"].value == pytest.approx(0.5)
    assert told["lab_early_advice_of_two"].value == 1.0
    assert told["lab_second_faults_missed"].value == 0
    assert told["lab_first_advice"].value is None, "no case has one fault"


def test_only_the_first_way_out_of_each_diagnosis_counts() -> None:
    label = {"second": ("event-loop-blocked",)}
    told = found(result("one", (LOOP,), row(LOOP, 60, "vertical", "cluster"), label=label))
    assert told["lab_early_advice_of_two"].value == 0


def test_times_have_goals_by_what_is_wrong() -> None:
    told = found(
        *(result(f"loop{n}", (LOOP,), row(LOOP, 60 * n, "cluster")) for n in range(1, 12)),
        result("uneven", ("uneven-load",), row("uneven-load", 780)),
    )
    assert told["lab_seconds_of_quick"].value == pytest.approx(360)
    assert told["lab_seconds_of_most_quick"].value == pytest.approx(600)
    assert told["lab_seconds_of_most_quick"].holds is True
    assert told["lab_seconds_of_uneven"].holds is False


def test_warnings_that_come_back_are_counted_against_all() -> None:
    told = found(
        result("one", (LOOP,), row(LOOP, 60, "cluster", openings=2)), result("two", (LOOP,), row(LOOP, 60, "cluster"))
    )
    assert told["lab_reopened"].value == pytest.approx(0.5)
    assert told["lab_reopened"].holds is False


def test_nothing_is_told_of_nothing() -> None:
    assert {goal.name: goal.value for goal in goals([]) if goal.value is not None} == {}
