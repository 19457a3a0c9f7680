"""Every link of the checklist leads somewhere, and every word that it promises stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.engine import RULES, STRATEGIES

DOCS = Path(__file__).resolve().parent.parent / "templates/docs"
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (DOCS / "checklist.md").read_text().splitlines()
    if line.startswith("|") and not line.startswith(("| ---", "| The article says"))
]
LINK = re.compile(r"\]\(([^)]+)\)")


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:60] for row in ROWS])
def test_an_item_is_answered_where_it_says(row: list[str]) -> None:
    _, answers, words = row
    linked = [DOCS / link for link in LINK.findall(answers)]
    assert linked
    assert [path for path in linked if not path.is_file()] == []
    text = " ".join(path.read_text() for path in linked).lower()
    assert [word for word in words.strip(" |").split(", ") if word.lower() not in text] == []


def test_every_rule_and_strategy_answers_something() -> None:
    linked = {Path(link).stem.replace("_", "-") for row in ROWS for link in LINK.findall(row[1])}
    others = {
        "gc-pressure",
        "thread-pool-saturated",
        "crash-loop",
        "optimise-code",
        "fix-crash",
        "relieve-host",
        "tune-heap",
    }
    assert {*RULES, *STRATEGIES} - linked <= others, "the article names it, or it stands among the others"
