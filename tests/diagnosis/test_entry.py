"""entry, rule and strategy: a file that declares itself.

The declarations under test take this very module for their file.

Limit: {level:.0%}.
"""

from __future__ import annotations

import sys
import threading
import types
from dataclasses import replace

import pytest

from advisor.diagnosis import Condition, Limit, Reading, Recall, Rule, RuleState, Strategy
from advisor.diagnosis.entry import Entry, with_limits
from advisor.vocabulary import Family, Verdict
from tests.answers import ruled
from tests.builders import snapshot

LEVEL = Limit(0.8, "1", "a reason that is long enough")


def a_rule() -> Rule:
    return Rule(
        __name__, needs=("cpu_main", ("a", "b")), suggests=["x"], window=60, hold=1, clear_hold=2, place=1, level=LEVEL
    )


def a_strategy() -> Strategy:
    return Strategy(__name__, family=Family.TUNING, name="A way", effort="none", risk="none", level=LEVEL)


def test_the_id_is_the_file_s_name() -> None:
    assert Entry("advisor.rules.event_loop_saturated", {}).id == "event-loop-saturated"
    assert a_rule().id == "test-entry"


def test_a_service_may_have_limits_of_its_own_while_it_is_judged() -> None:
    entry = Entry(__name__, {"level": LEVEL})
    with with_limits({entry.id: entry}, {"test-entry": {"level": 0.5}, "gone": {"level": 0.1}}):
        assert entry.level == 0.5
        assert "80%" in entry.page  # the handbook tells the default
    assert entry.level == 0.8


def test_a_fixed_limit_is_the_same_for_all() -> None:
    entry = Entry(__name__, {"level": replace(LEVEL, fixed=True)})
    assert entry.changeable == {}
    with with_limits({entry.id: entry}, {"test-entry": {"level": 0.5}}):
        assert entry.level == 0.8


def test_limits_come_back_where_judging_fails_and_one_that_is_no_more_counts_for_nothing() -> None:
    entry = Entry(__name__, {"level": LEVEL})
    with pytest.raises(ZeroDivisionError), with_limits({entry.id: entry}, {"test-entry": {"level": 0.5, "old": 1.0}}):
        raise ZeroDivisionError
    assert entry.level == 0.8
    with pytest.raises(AttributeError, match="no limit named old"):
        _ = entry.old


def test_nobody_else_judges_while_limits_are_set() -> None:
    entry = Entry(__name__, {"level": LEVEL})
    seen = []

    def judge() -> None:
        with with_limits({entry.id: entry}, {}):
            seen.append(entry.level)

    other = threading.Thread(target=judge)
    with with_limits({entry.id: entry}, {"test-entry": {"level": 0.5}}):
        other.start()
        assert entry.level == 0.5
    other.join(10)
    assert seen == [0.8]


def test_limits_are_attributes_and_stand_in_the_page() -> None:
    entry = Entry(__name__, {"level": LEVEL})
    assert entry.level == 0.8
    assert entry.page.endswith("Limit: 80%.")
    assert entry.title.startswith("entry, rule and strategy")


def test_a_misspelt_limit_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no limit named levle"):
        _ = Entry(__name__, {"level": LEVEL}).levle


def test_a_file_without_a_docstring_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bare", types.ModuleType("bare"))
    with pytest.raises(ValueError, match="bare needs a docstring"):
        Entry("bare", {})


def test_single_needs_become_groups_of_one() -> None:
    assert a_rule().needs == (("cpu_main",), ("a", "b"))


def test_the_marked_function_answers() -> None:
    rule = a_rule()

    @rule.check
    def check(_: object) -> Reading:
        return Reading(Condition.UNDER)

    assert rule.read(snapshot()).condition is Condition.UNDER


def test_a_file_without_its_function_says_what_to_mark() -> None:
    seen = snapshot()
    with pytest.raises(LookupError, match=r"@rule\.check"):
        a_rule().read(seen)
    with pytest.raises(LookupError, match=r"@strategy\.consider"):
        a_strategy().answer(seen, ruled("event-loop-saturated", seen))


def test_a_strategy_fills_in_what_it_declared() -> None:
    found = a_strategy().option("Do it", why="so", confidence=0.9, cost="none", expected=[], steps=[])
    assert (found.id, found.family, found.rank, found.effort) == ("test-entry", Family.TUNING, 0, "none")
    turned_down = a_strategy().reject("3 is too few")
    assert (turned_down.id, turned_down.title, turned_down.reason) == ("test-entry", "A way", "3 is too few")


@pytest.mark.parametrize(("verdict", "seen", "due"), [
    (Verdict.CLEAR, None, True), (Verdict.CLEAR, 1000.0, False), (Verdict.CLEAR, 700.1, False),
    (Verdict.CLEAR, 700.0, True), (Verdict.CLEAR, 1001.0, True), (Verdict.UNKNOWN, 850.1, False),
    (Verdict.UNKNOWN, 850.0, True),
])  # fmt: skip
def test_a_rule_with_a_recall_waits_for_its_pace(verdict: Verdict, seen: float | None, due: bool) -> None:
    slow = Rule(
        __name__,
        needs=(),
        suggests=(),
        window=1,
        hold=1,
        clear_hold=1,
        place=1,
        recall=Recall(9000.0, 60.0, pace=600.0),
    )
    assert slow.is_due(RuleState(verdict, seen=seen), now=1000.0, time_scale=2.0) is due
    assert a_rule().is_due(RuleState(verdict, seen=seen), now=1000.0, time_scale=2.0)


def test_a_limit_is_not_above_the_one_it_must_not_pass() -> None:
    relaxed = Limit(0.8, "1", "a reason that is long enough", at_most="level")
    assert Entry(__name__, {"level": LEVEL, "relaxed": relaxed}).relaxed == 0.8
    with pytest.raises(ValueError, match="relaxed must be at most level"):
        Entry(__name__, {"level": Limit(0.79, "1", ""), "relaxed": relaxed})
