"""The page of the documentation, from made-up results."""

from __future__ import annotations

from tests.lab import discovery, kept, page
from tests.lab.test_score import result, row

RESULTS = [
    result("full", ("event-loop-saturated",), row("event-loop-saturated", 240, "cluster", "vertical")),
    result("missed", ("memory-leak",)),
    result("well", ()),
    result("well_and_warned_of", (), row("uneven-load", 60, "rebalance")),
]


def test_each_case_says_what_is_true_and_what_was_said() -> None:
    lines = page.markdown({"cases-at-10": RESULTS}).splitlines()
    assert f"4 of {len(discovery.names('cases'))} cases, 10 times as fast as life." in lines
    assert "| full | event-loop-saturated | event-loop-saturated | cluster | 4.0 min | forbidden: vertical |" in lines
    assert "| missed | memory-leak | **silent** |  |  |  |" in lines
    assert "| well | healthy | silent |  |  |  |" in lines
    assert "| well_and_warned_of | healthy | **uneven-load** | rebalance |  |  |" in lines


def test_the_sums_stand_beside_those_of_peers() -> None:
    text = page.markdown({"cases-at-10": RESULTS, "frozen-at-10": RESULTS[2:3], "frozen-at-1": []})
    assert "| Scaling Advisor | 4 | 0.50 | 0.50 | 1 of 3, at most 86.5% (95 %) | 1 of 2 | 4.0 min |" in text
    assert "| ELU above 0.8 | 4 |" in text
    assert text.index("## Cases that") < text.index("## Frozen cases")
    assert text.count("## ") == 2


def test_each_set_that_was_frozen_before_has_the_score_of_its_only_run() -> None:
    first = [{**one, "commit": "aaa1111", "began": 1_000.0} for one in RESULTS[:1]]
    second = [{**one, "commit": "bbb2222", "began": 2_000.0} for one in RESULTS[1:3]]
    text = page.markdown({"seen-at-10": [*second, *first]})
    assert text.index("`aaa1111`") < text.index("| Scaling Advisor | 1 | 1.00 |") < text.index("`bbb2222`")
    assert text.index("`bbb2222`") < text.index("| Scaling Advisor | 2 | 0.00 |")
    assert text.count("| Macro-F1, one fault | at least 0.90 |") == 1
    assert page.markdown({"cases-at-10": [*second, *first]}).count("| Scaling Advisor |") == 1


def test_each_goal_says_whether_it_is_reached() -> None:
    lines = page.markdown({"cases-at-10": RESULTS}).splitlines()
    assert "| Macro-F1, one fault | at least 0.90 | 0.50 | **missed** |" in lines
    assert "| Forbidden options offered | at most 0 | 1 | **missed** |" in lines
    assert "| Time to the warning, median | at most 6.0 min | 4.0 min | reached |" in lines
    assert not any("two faults" in line for line in lines), "no case has two"


def test_each_class_says_how_often_it_was_right_and_how_long_that_took() -> None:
    slower = result("slower", ("event-loop-saturated",), row("event-loop-saturated", 600, "cluster"))
    lines = page.markdown({"cases-at-10": [*RESULTS, slower]}).splitlines()
    assert "| event-loop-saturated | 1.00 | 1.00 | 7.0 min | 10.0 min |" in lines
    assert "| memory-leak | - | 0.00 | - | - |" in lines


def test_confidence_stands_beside_what_is_true() -> None:
    text = page.markdown({"cases-at-10": RESULTS})
    assert "1 of 2 warnings are true, and their confidence adds up to 1.8: in ten bins it is 0.40 off on" in text
    assert "warnings are true" not in page.markdown({"cases-at-10": RESULTS[2:3]})


def test_it_says_how_much_each_sender_is_enough_for() -> None:
    sdk = result("sdk", ("memory-leak",), row("memory-leak", 60, "fix-leak"), telemetry="sdk")
    lines = page.markdown({"cases-at-10": [*RESULTS, sdk]}).splitlines()
    assert "| the probe | 4 | 2 | 2 | 1 |" in lines
    assert "| an OpenTelemetry SDK | 1 | 1 | 1 | 0 |" in lines
    assert not any(line.startswith("| PM2") for line in lines)


def test_it_says_where_advice_was_applied_and_nothing_could_be_compared() -> None:
    measured = {"strategy": "cluster", "measured": {"p95": 0.1}, "expected": []}
    alone = result("alone", ("event-loop-saturated",), row("event-loop-saturated", 240, "cluster"), remedy=measured)
    text = page.markdown({"cases-at-10": [alone]})
    assert "`cluster` was applied in alone, and nothing that was predicted of it was measured." in text
    assert "predictions hold" not in text
    assert "was applied" not in page.markdown({"cases-at-10": RESULTS})


def test_it_counts_the_predictions_that_hold() -> None:
    good = row("event-loop-saturated", 240, "cluster")
    good["expected"] = {
        "cluster": [{"metric": "p95", "low": 0.05, "high": 0.2}, {"metric": "rate", "low": 1, "high": 2}]
    }
    measured = {"strategy": "cluster", "measured": {"p95": 0.1, "rate": 3}, "expected": []}
    text = page.markdown({"cases-at-10": [result("one", ("event-loop-saturated",), good, remedy=measured)]})
    assert "1 of 2 predictions hold what was measured." in text
    assert "| Prediction of p95 off what is measured, median | at most 0.40 | 0.25 | reached |" in text


def test_it_says_with_which_commits_it_was_measured_when_and_where() -> None:
    later = result("later", (), began=1_764_201_600.0, commit="bbbbbbb-dirty")
    text = page.markdown({"cases-at-10": [later, *RESULTS]})
    assert "Measured 01 January 1970 to 27 November 2025 with `aaaaaaa`, `bbbbbbb-dirty`; a machine." in text


def test_the_page_is_that_of_the_results_in_the_tree() -> None:
    found = kept.all_of_them()
    assert page.PAGE.read_text() == page.markdown(found), "run `python -m tests.lab page`"
    assert any(found.values())
