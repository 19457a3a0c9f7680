"""The page of the documentation, from made-up results."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.lab import page
from tests.lab.test_score import result, row

DAY = datetime(2026, 11, 26, tzinfo=UTC)
RESULTS = [
    result("full", ("event-loop-saturated",), row("event-loop-saturated", 240, "cluster", "vertical")),
    result("missed", ("memory-leak",)),
    result("well", ()),
    result("well_and_warned_of", (), row("uneven-load", 60, "rebalance")),
]


def test_each_case_says_what_is_true_and_what_was_said() -> None:
    lines = page.markdown({"cases-at-10": RESULTS}).splitlines()
    assert "4 cases, 10 times as fast as life." in lines
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


def test_the_head_says_when_and_where() -> None:
    assert "26 November 2026, " in page.head(DAY)
    assert "Node.js v" in page.head(DAY)
