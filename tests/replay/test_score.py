"""The replay of made-up days: repeatable, honest in its count, and quiet on a healthy day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.replay.score import Alarm, Outcome, Run, false_warnings, judged, leaks_found
from tests.replay.services import service
from tests.replay.shapes import HEALTHY, HOUR, LEAKING, Shape, drawn

QUARTER = 0.25
RUN = Run("a mild day", Shape(), 100.0, 1)


def alarm(rule: str = "event-loop-saturated", severity: str = "warning", after: float = HOUR) -> Alarm:
    return Alarm(rule, severity, after, "")


@pytest.mark.parametrize("name", ["a mild day", "a deploy each day", "an agent alone"])
def test_a_quarter_of_a_healthy_day_raises_no_warning(name: str) -> None:
    assert judged(Run(name, HEALTHY[name], QUARTER, 7, step=60.0)).warnings == ()


def test_a_full_loop_is_seen_so_the_count_can_be_other_than_nothing() -> None:
    full = Shape(rps=140 / drawn(Shape(rps=1), 7).rps, cost=0.0063, swing=0.0)
    found = judged(Run("full", full, 0.05, 7)).warnings
    assert "event-loop-saturated" in {alarm.rule for alarm in found}


@pytest.mark.parametrize("name", [*HEALTHY, *LEAKING])
def test_the_same_seed_makes_the_same_service_and_another_one_another(name: str) -> None:
    shape = {**HEALTHY, **LEAKING}[name]
    one, again, other = (service(shape, 0.05, seed).instances[0].track for seed in (1, 1, 2))
    assert one.values.keys() == again.values.keys()
    assert all(np.array_equal(one.values[c], again.values[c], equal_nan=True) for c in one.values)
    assert not np.array_equal(one.values["cpu_main"][:20], other.values["cpu_main"][:20])


def test_warnings_are_counted_by_day_and_information_apart() -> None:
    outcomes = [Outcome(RUN, (alarm(), alarm(severity="info"))), Outcome(replace(RUN, seed=2), ())]
    line = false_warnings(outcomes)
    assert (line["value"], line["service_days"], line["warnings"], line["info"]) == (0.005, 200.0, 1, 1)
    assert line["holds"]
    assert line["upper_95"] == pytest.approx(4.744 / 200, rel=1e-3)
    assert not false_warnings([Outcome(RUN, (alarm(),) * 3)])["holds"]


def test_none_of_so_many_days_is_bounded_by_the_rule_of_three() -> None:
    assert false_warnings([Outcome(RUN, ())])["upper_95"] == pytest.approx(2.996 / 100, rel=1e-3)


def test_a_leak_that_nobody_saw_is_a_miss() -> None:
    seen = Outcome(RUN, (alarm("memory-leak", after=20 * HOUR),))
    assert leaks_found([seen])["holds"]
    missed = leaks_found([seen, Outcome(RUN, (alarm(),))])
    assert (missed["holds"], missed["value"], missed["found"], missed["of"]) == (False, None, 1, 2)
